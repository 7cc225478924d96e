import { expect, it } from 'vitest';
import { type Answer, mockConjur } from '../mock-conjur.ts';

it.each<[Answer, string]>([
  [{ status: 200 }, 'upstream_error'],
  [{ status: 201, body: 'sesame' }, 'upstream_error'],
  [{ status: 204 }, 'upstream_error'],
])('another success than that of Conjur leaves open who took the value: %j', async (answer, code) => {
  const { conjur } = mockConjur(() => answer);
  await expect(conjur.writeSecret('a', 'value', { reportVersion: false })).rejects.toMatchObject({
    ...{ code, message: expect.stringContaining('It is not known whether anything was changed.') },
  });
});

import { expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

const NAMES = Array.from({ length: 1_000 }, (_, index) => `a/${index}`);

it('a server that refuses every batch without a reason is not asked for each of a thousand names', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 500 }));
  await expect(conjur.readSecrets(NAMES)).rejects.toMatchObject({ code: 'upstream_error' });
  expect(seen.length).toBeLessThan(40);
});

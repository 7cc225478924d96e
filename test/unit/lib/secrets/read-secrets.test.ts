import { expect, it } from 'vitest';
import { mockConjur } from '../mock-conjur.ts';

const NAMES = Array.from({ length: 1_000 }, (_, index) => `a/${index}`);

it('a server that refuses every batch without a reason is not asked for each of a thousand names', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 500 }));
  await expect(conjur.readSecrets(NAMES)).rejects.toMatchObject({ code: 'upstream_error' });
  expect(seen.length).toBeLessThan(40);
});

it.each([
  [404, 'secret_not_found'],
  [403, 'forbidden'],
  [422, 'unprocessable'],
  [500, 'upstream_error'],
])('a name that is answered with %i alone does not lose the others of its batch', async (status, code) => {
  const { conjur } = mockConjur(({ path }) => {
    if (path.includes('variable_ids')) return { status: 500 };
    return path.endsWith('/bad') ? { status } : { status: 200, body: 'value' };
  });
  const { items, errors } = await conjur.readSecrets(['good', 'bad']);
  expect(items.map(({ name }) => name)).toEqual(['good']);
  expect(errors).toMatchObject([{ name: 'bad', error: { code } }]);
});

it('a missing variable that Conjur names in other words is looked for', async () => {
  const { conjur } = mockConjur(({ path }) => {
    if (path.includes('variable_ids'))
      return { status: 404, body: JSON.stringify({ error: { code: 'not_found', message: 'There is none.' } }) };
    return path.endsWith('/bad') ? { status: 404 } : { status: 200, body: 'value' };
  });
  const { items, errors } = await conjur.readSecrets(['good', 'bad']);
  expect(items.map(({ name }) => name)).toEqual(['good']);
  expect(errors).toMatchObject([{ name: 'bad', error: { code: 'secret_not_found' } }]);
});

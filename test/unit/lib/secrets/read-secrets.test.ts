import { expect, it } from 'vitest';
import { toFullId } from '../../../../lib/secrets/batch-request.ts';
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

it.each([404, 406, 414, 422, 431, 500])('a batch that is refused with %i is read in parts', async (status) => {
  const { conjur } = mockConjur(({ path }) => {
    if (!path.includes('variable_ids')) return { status: 200, body: 'value' };
    const names = [...path.matchAll(/variable:(\w+)/g)].map(([, name = '']) => name);
    if (names.length > 2) return { status };
    return {
      status: 200,
      body: JSON.stringify(Object.fromEntries(names.map((name) => [toFullId('default', name), 'x']))),
    };
  });
  const { items, errors } = await conjur.readSecrets(['a', 'b', 'c', 'd']);
  expect([items.map(({ name }) => name), errors]).toEqual([['a', 'b', 'c', 'd'], []]);
});

it.each([405, 415, 423, 432, 501])('a batch that is answered %i fails as a whole', async (status) => {
  const { conjur, seen } = mockConjur(() => ({ status }));
  await expect(conjur.readSecrets(['a', 'b'])).rejects.toMatchObject({ code: 'upstream_error' });
  expect(seen).toHaveLength(1);
});

it.each([
  ['of a name that nobody asked for', 'CONJ00076E Variable default:variable:other is empty or not found.'],
  ['of another account', 'CONJ00076E Variable other:variable:a is empty or not found.'],
  ['behind other words', 'It says: CONJ00076E Variable default:variable:a is empty or not found.'],
  ['before other words', 'CONJ00076E Variable default:variable:a is empty or not found. It says so.'],
])('a word %s takes no name out of a batch', async (_, message) => {
  const { conjur } = mockConjur(({ path }) =>
    path.includes('variable_ids')
      ? { status: 404, body: JSON.stringify({ error: { code: 'not_found', message } }) }
      : { status: 200, body: 'value' },
  );
  const { items, errors } = await conjur.readSecrets(['a', 'b', 'c']);
  expect([items.map(({ name }) => name), errors]).toEqual([['a', 'b', 'c'], []]);
});

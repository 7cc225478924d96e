import { describe, expect, it } from 'vitest';
import { toFullId } from '../../../../lib/secrets/batch-request.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

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

it('a batch of which the answer is too large is read in parts', async () => {
  const large = 'x'.repeat(5_000_000);
  const { conjur } = mockConjur(({ path }) => {
    const names = [...path.matchAll(/variable:(\w+)/g)].map(([, name = '']) => toFullId('default', name));
    return { status: 200, body: JSON.stringify(Object.fromEntries(names.map((name) => [name, large]))) };
  });
  const { items, errors } = await conjur.readSecrets(['a', 'b', 'c', 'd']);
  expect([items.map(({ name }) => name), errors]).toEqual([['a', 'b', 'c', 'd'], []]);
});

it('a batch to which no answer comes is not read in parts', async () => {
  const { conjur, seen } = mockConjur(
    () => {
      throw new Error('the connection broke');
    },
    { CYBERARK_MAX_ATTEMPTS: '1' },
  );
  await expect(conjur.readSecrets(['a', 'b'])).rejects.toMatchObject({ code: 'upstream_unavailable' });
  expect(seen).toHaveLength(1);
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
  const { conjur, seen } = mockConjur(({ path }) =>
    path.includes('variable_ids')
      ? { status: 404, body: JSON.stringify({ error: { code: 'not_found', message } }) }
      : { status: 200, body: 'value' },
  );
  const { items, errors } = await conjur.readSecrets(['a', 'b', 'c']);
  expect([items.map(({ name }) => name), errors]).toEqual([['a', 'b', 'c'], []]);
  // The batch, its larger half, and each name.
  expect(seen).toHaveLength(5);
});

describe('of a batch with bad names', () => {
  interface Bad {
    readonly missing?: readonly string[];
    readonly forbidden?: readonly string[];
    /** Batches of these are refused without a reason. */
    readonly broken?: readonly string[];
  }

  /** Reads so many names, `0` and up, of a Conjur that answers batches as a genuine one does. */
  async function read(count: number, { missing = [], forbidden = [], broken = [] }: Bad) {
    const answer = (ids: readonly string[]): Answer => {
      if (ids.some((id) => broken.includes(id))) return { status: 500 };
      if (ids.some((id) => forbidden.includes(id))) return { status: 403 };
      const absent = ids.find((id) => missing.includes(id));
      if (absent === undefined)
        return {
          status: 200,
          body: JSON.stringify(Object.fromEntries(ids.map((id) => [toFullId('default', id), id]))),
        };
      const message = `CONJ00076E Variable ${toFullId('default', absent)} is empty or not found.`;
      return { status: 404, body: JSON.stringify({ error: { code: 'not_found', message } }) };
    };
    const { conjur, seen } = mockConjur(({ path }) => {
      if (path.includes('variable_ids')) return answer([...path.matchAll(/variable:(\d+)/g)].map(([, id = '']) => id));
      const name = path.split('/').at(-1) ?? '';
      return missing.includes(name) ? { status: 404 } : { status: forbidden.includes(name) ? 403 : 200, body: name };
    });
    const names = Array.from({ length: count }, (_, index) => String(index));
    const { items, errors } = await conjur.readSecrets(names);
    expect(items.map(({ name }) => name)).toEqual(names.filter((name) => ![...missing, ...forbidden].includes(name)));
    expect(items.every(({ name, value }) => value.expose() === name)).toBe(true);
    const batches = seen.filter(({ path }) => path.includes('variable_ids')).length;
    return { errors: errors.map(({ name, error }) => [name, error.code]), batches, singles: seen.length - batches };
  }

  it('those that are missing are taken out one by one', async () => {
    expect(await read(12, { missing: ['3', '7'] })).toEqual({
      errors: [
        ['3', 'secret_not_found'],
        ['7', 'secret_not_found'],
      ],
      ...{ batches: 3, singles: 0 },
    });
  });

  it('the one that is left is read singly', async () => {
    expect(await read(2, { missing: ['0'] })).toMatchObject({
      errors: [['0', 'secret_not_found']],
      batches: 1,
      singles: 1,
    });
  });

  it('none is taken out any more after the ninth: the rest is shared', async () => {
    const missing = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    expect(await read(30, { missing: missing.slice(0, 8) })).toMatchObject({ batches: 9, singles: 0 });
    // Nine that find one each, and both halves of the rest.
    expect(await read(30, { missing: missing.slice(0, 9) })).toMatchObject({ batches: 11, singles: 0 });
    // One of the halves finds the last, and is asked for again without it.
    expect(await read(30, { missing })).toMatchObject({ batches: 12, singles: 0 });
  });

  it.each(['0', '3', '7'])('the one that may not be read is found by halving: %s', async (name) => {
    expect(await read(8, { forbidden: [name] })).toMatchObject({ errors: [[name, 'forbidden']], singles: 1 });
  });

  it('the last of them is looked for no more often than a half has halves', async () => {
    // The batch, three halves of it that can be read, and the name itself.
    expect(await read(8, { forbidden: ['7'] })).toMatchObject({ batches: 4, singles: 1 });
    // The batch, three halves that cannot, the name, and what they left open.
    expect(await read(8, { forbidden: ['0'] })).toMatchObject({ batches: 5, singles: 1 });
  });

  it('several that may not be read, and one that is missing, are found', async () => {
    const { errors } = await read(16, { forbidden: ['2', '9'], missing: ['3'] });
    expect(errors).toEqual([
      ['2', 'forbidden'],
      ['3', 'secret_not_found'],
      ['9', 'forbidden'],
    ]);
  });

  it('however many have theirs refused, the values of the others come', async () => {
    const broken = Array.from({ length: 8 }, (_, index) => String(8 * index));
    const { errors, batches } = await read(64, { broken });
    // More than are put up with where no value comes.
    expect([errors, batches > 30]).toEqual([[], true]);
  });

  it('one that has its batch refused is halved out, and read singly with the last that it was with', async () => {
    expect(await read(16, { broken: ['5'] })).toMatchObject({ errors: [], singles: 2 });
    expect(await read(16, { forbidden: ['12'], broken: ['5'] })).toMatchObject({ errors: [['12', 'forbidden']] });
  });
});

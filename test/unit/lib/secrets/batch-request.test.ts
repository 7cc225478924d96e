import { describe, expect, it } from 'vitest';
import { toBatches } from '../../../../lib/secrets/batch-request.ts';
import { FOLLOWERS, LEADER, mockConjur } from '../mock-conjur.ts';

const sizesOf = (names: readonly string[]) => toBatches('acme', names).batches.map(({ length }) => length);
const namesOf = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => String(index).padStart(length, '0'));

it('names share one request up to 250 of them', () => {
  expect([0, 1, 250, 251, 501].map((count) => sizesOf(namesOf(count, 3)))).toEqual([
    ...[[], [1], [250], [250, 1], [250, 250, 1]],
  ]);
});

it('names share one request up to 7,500 bytes of their full ids and the commas behind them', () => {
  // acme:variable: and a comma are 15 bytes.
  expect(sizesOf(namesOf(100, 60))).toEqual([100]);
  expect(sizesOf(namesOf(101, 60))).toEqual([100, 1]);
  // As they stand in a query: a space has three.
  expect(sizesOf(namesOf(100, 60).map((name) => name.replace('0', ' ')))).toEqual([97, 3]);
});

it('a name that is longer than that goes alone, and one with a comma in no batch', () => {
  const long = 'x'.repeat(8_000);
  expect(toBatches('acme', ['a', long, 'b,c', 'd'])).toEqual({ batches: [['a'], [long], ['d']], singles: ['b,c'] });
});

describe('the values of a batch', () => {
  const read = (values: unknown, coding?: string) => {
    const headers = coding === undefined ? undefined : { 'content-encoding': coding };
    const body = typeof values === 'string' ? values : JSON.stringify(values);
    const { conjur, seen } = mockConjur(() => ({ status: 200, body, ...(headers && { headers }) }));
    return { seen, reading: conjur.readSecrets(['a', 'b']) };
  };
  const of = (a: unknown, b: unknown) => ({ 'default:variable:a': a, 'default:variable:b': b });

  it('are asked for in base64, and read by what the answer says of itself', async () => {
    const { seen, reading } = read(of('YQ==', 'Yg=='), 'base64');
    const { items } = await reading;
    expect(items.map(({ value }) => value.expose())).toEqual(['a', 'b']);
    expect(items[0]).toMatchObject({ contentType: undefined, version: undefined, stale: false });
    expect(seen[0]?.headers['accept-encoding']).toBe('base64');
    const plain = await read(of('YQ==', 'Yg==')).reading;
    expect(plain.items.map(({ value }) => value.expose())).toEqual(['YQ==', 'Yg==']);
  });

  it('may have line breaks in their base64', async () => {
    const value = 'x'.repeat(100);
    const lines = Buffer.from(value).toString('base64').replaceAll(/.{60}/g, '$&\n');
    expect((await read(of(lines, 'Yg=='), 'base64').reading).items[0]?.value.expose()).toBe(value);
  });

  it.each<[string, unknown, string?]>([
    ['one is missing', { 'default:variable:a': 'a' }],
    ['one is empty', of('a', '')],
    ['one is no text', of('a', 7)],
    ['one is no base64', of('YQ==', 'sesame!'), 'base64'],
    ['there is a list', ['a', 'b']],
    ['there is no JSON', 'sesame'],
  ])('are not one of Conjur’s where %s, and are not quoted', async (_, values, coding) => {
    const error: unknown = await read(values, coding).reading.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'upstream_error' });
    expect(String(error)).not.toContain('sesame');
  });
});

it.each([403, 404, 422])('a web page with %i is no word about names, and none is read alone', async (status) => {
  const page = { status, headers: { 'content-type': 'text/html' }, body: '<html>Blocked</html>' };
  const { conjur, seen } = mockConjur(() => page);
  await expect(conjur.readSecrets(['a', 'b'])).rejects.toMatchObject({ code: 'upstream_error' });
  expect(seen).toHaveLength(1);
});

it.each([403, 404])('what a follower refuses with %i is asked of the leader', async (status) => {
  const body = JSON.stringify({ 'default:variable:a': 'one', 'default:variable:b': 'two' });
  const { conjur, seen } = mockConjur(({ origin }) => (origin === LEADER ? { status: 200, body } : { status }), {
    CYBERARK_READ_API_BASE: FOLLOWERS[0],
  });
  const { items, errors } = await conjur.readSecrets(['a', 'b']);
  expect([items.map(({ value }) => value.expose()), errors]).toEqual([['one', 'two'], []]);
  expect(seen.map(({ origin }) => origin)).toEqual([FOLLOWERS[0], LEADER]);
});

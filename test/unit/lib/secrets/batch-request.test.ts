import { expect, it } from 'vitest';
import { toBatches } from '../../../../lib/secrets/batch-request.ts';

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

import { expect, it } from 'vitest';
import { percentile, summarize } from '../../../bench/report/statistics.ts';

it('finds least, median and most, whatever the order', () => {
  expect(summarize([10, 2, 33])).toEqual({ min: 2, median: 10, max: 33 });
  expect(summarize([4, 1, 3, 2]).median).toBe(2.5);
  expect(summarize([7])).toEqual({ min: 7, median: 7, max: 7 });
});

it('finds a percentile between two figures', () => {
  const figures = Array.from({ length: 101 }, (_, index) => index);
  expect(percentile(figures, 0.99)).toBe(99);
  expect(percentile([0, 100], 0.99)).toBe(99);
});

it('has nothing to say of no figures', () => {
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});

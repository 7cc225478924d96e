import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../../lib/secrets/write-secrets.ts';

describe('inParallel', () => {
  it('does no more than it may at a time, and gives the results in order', async () => {
    let [running, most] = [0, 0];
    const items = Array.from({ length: 40 }, (_, index) => index);
    const results = await inParallel(items, 16, async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turns = 0; turns < item % 7; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
    expect(most).toBe(16);
  });

  it('does nothing for no items', async () => {
    expect(await inParallel([], 16, () => Promise.reject(new Error('never called')))).toEqual([]);
  });
});

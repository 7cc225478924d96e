import { describe, expect, it } from 'vitest';
import { judgeSamples } from './judge-samples.ts';
import type { Sample } from './messages.ts';

describe('the judge of samples', () => {
  const samples = (change: (index: number) => Partial<Sample>): Sample[] =>
    Array.from({ length: 60 }, (_, index) => ({
      kind: 'sample',
      atMs: index * 1_000,
      memoryBytes: 20_000_000 + (index % 3) * 500_000,
      resources: { TCPSocketWrap: 8 + (index % 5), Timeout: 10 },
      outcomes: {},
      ...change(index),
    }));

  it('takes what only goes up and down', () => {
    expect(judgeSamples(samples(() => ({}))).growth).toEqual([]);
  });

  it('takes growth that ends with the warm-up', () => {
    expect(
      judgeSamples(samples((index) => ({ memoryBytes: 20_000_000 + Math.min(index, 15) * 2_000_000 }))).growth,
    ).toEqual([]);
  });

  it('finds memory that grows', () => {
    expect(judgeSamples(samples((index) => ({ memoryBytes: 20_000_000 + index * 300_000 }))).growth).toEqual([
      expect.stringMatching(/^memory grew/),
    ]);
  });

  it('finds sockets and timers that grow', () => {
    const growth = judgeSamples(
      samples((index) => ({ resources: { TCPSocketWrap: index * 2, Timeout: index * 3 } })),
    ).growth;
    expect(growth).toEqual([expect.stringMatching(/^TCPSocketWrap grew/), expect.stringMatching(/^Timeout grew/)]);
  });

  it('says nothing of too few samples', () => {
    expect(() => judgeSamples(samples(() => ({})).slice(0, 9))).toThrow(RangeError);
  });
});

import { expect, it } from 'vitest';
import { countProcessorTime } from '../../../bench/clients/processor-time.ts';

it('contenders work in turn, so many pieces in a row, and each repetition has a figure for each', async () => {
  const order: string[] = [];
  const work = (name: string) => async () => void order.push(name);
  const times = await countProcessorTime({ a: work('a'), b: work('b') }, { repetitions: 3, rounds: 2, inARow: 2 });
  expect(order.join('')).toBe('aabbbbaa'.repeat(3));
  expect(times).toHaveLength(3);
  for (const { a, b } of times) for (const microseconds of [a, b]) expect(microseconds).toBeGreaterThanOrEqual(0);
});

import { expect, it } from 'vitest';
import { repeatInTurn } from '../../../bench/clients/time-in-turn.ts';

function contend() {
  const order: string[] = [];
  const work = (name: string) => async () => void order.push(name);
  return { order, contenders: { a: work('a'), b: work('b'), c: work('c') } };
}

it('contenders work in an order that shifts with every round', async () => {
  const { order, contenders } = contend();
  const [times] = await repeatInTurn(contenders, { repetitions: 1, rounds: 3, warmUp: 0 });
  expect(order.join('')).toBe('abcbcacab');
  expect(Object.values(times ?? {}).map(({ length }) => length)).toEqual([3, 3, 3]);
});

it('the warm-up is not counted: half of the rounds, or as many as are named', async () => {
  const { order, contenders } = contend();
  const half = await repeatInTurn(contenders, { repetitions: 2, rounds: 4 });
  expect(half.map(({ a }) => a.length)).toEqual([4, 4]);
  expect(order).toHaveLength(3 * (2 + 4 + 4));
  order.length = 0;
  const named = await repeatInTurn(contenders, { repetitions: 1, rounds: 4, warmUp: 7 });
  expect(named.map(({ a }) => a.length)).toEqual([4]);
  expect(order).toHaveLength(3 * (7 + 4));
});

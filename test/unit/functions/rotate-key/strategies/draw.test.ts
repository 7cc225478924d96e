import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { draw, LETTERS_AND_DIGITS } from '../../../../../functions/rotate-key/strategies/draw.ts';

it('draws as many characters as asked for, each by one unbiased number below the size of the alphabet', () => {
  const bounds: number[] = [];
  const take = (bound: number) => {
    bounds.push(bound);
    return bounds.length - 1;
  };
  expect(draw([...'abcdef'], 4, take)).toBe('abcd');
  expect(bounds).toEqual([6, 6, 6, 6]);
});

it('uses every character of the alphabet, about as often as any other', () => {
  const drawn = draw(LETTERS_AND_DIGITS, 62_000, (bound) => randomInt(bound));
  const counts = LETTERS_AND_DIGITS.map((character) => drawn.split(character).length - 1);
  // 1000 expected; nine standard deviations are 285, which chance does not leave in the age of the universe.
  for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(285);
});

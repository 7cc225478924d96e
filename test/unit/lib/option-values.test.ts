import { describe, expect, it } from 'vitest';
import { checkValues, Problems, parseText } from '../../../lib/option-values.ts';
import type { OptionRow } from '../../../lib/options.ts';

const ROW = { env: ['COUNT'], group: 'none', meaning: 'a number' } as const;

function read(row: OptionRow, text: string): unknown {
  return parseText(row, 'COUNT', text, () => '');
}

describe('a whole number without bounds', () => {
  const row: OptionRow = { ...ROW, type: 'integer' };
  const most = Number.MAX_SAFE_INTEGER;

  it('is any that is not negative, in the environment', () => {
    expect([read(row, '0'), read(row, `${most}`)]).toEqual([0, most]);
    for (const text of ['-1', `${most}0`, '1.5', '1e3', 'x1', '1x'])
      expect(() => read(row, text)).toThrow('must be a whole');
  });

  it('is any that is not negative, in seconds', () => {
    const inSeconds: OptionRow = { ...row, envUnit: 's' };
    expect([read(inSeconds, '0'), read(inSeconds, '9007199254740')]).toEqual([0, 9_007_199_254_740_000]);
    expect(() => read(inSeconds, '9007199254741')).toThrow('must be a whole number');
  });

  it('is any that is not negative, in a program', () => {
    const check = (count: unknown) => {
      const problems = new Problems();
      return checkValues({ count: row }, () => count, String, problems).count ?? problems.list;
    };
    expect([check(0), check(most)]).toEqual([0, most]);
    expect([check(-1), check(most + 1), check('1')]).toEqual(
      Array(3).fill([`count must be a whole number from 0 to ${most}`]),
    );
  });
});

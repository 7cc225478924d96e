import { describe, expect, it } from 'vitest';
import { instrument } from '../../mutation/instrument.ts';
import { toReport } from '../../mutation/mutate.ts';

const changesOf = (code: string) =>
  instrument(code, 'a.ts', 1).mutants.map(({ original, replacement }) => `${original} => ${replacement}`);

describe('the mutants of a piece of code', () => {
  it.each([
    ['const a = b < c;', ['b < c => (b) <= (c)', 'b < c => (b) >= (c)']],
    ['const a = b && c;', ['b && c => (b) || (c)']],
    ['const a = b ?? c;', ['b ?? c => b']],
    ['if (a === b) c();', ['a === b => (a) !== (b)', 'a === b => true', 'a === b => false', 'c(); => ']],
    ['const a = !b;', ['!b => b']],
    ['const a = b?.c?.(d);', ['b?.c?.(d) => b.c(d)']],
    ['const a = /^b$/u;', ['/^b$/u => /b$/u', '/^b$/u => /^b/u']],
    ['throw a;', ['throw a; => ']],
    ['const a = (b ?? c).trim();', ['(b ?? c).trim() => (b ?? c)', 'b ?? c => b']],
    ['const a = b + "c";', []],
    ['type A = "b" | 3;', []],
    ['logger.warn("b", { c: 1 });', []],
  ])('%s', (code, changes) => {
    expect(changesOf(code)).toEqual(changes);
  });

  it('are all in one code, of which one is alive', () => {
    const { code, mutants } = instrument('const f = (a: number): boolean => a < 1;', 'a.ts', 7);
    expect(mutants.map(({ id }) => id)).toEqual([7, 8, 9]);
    expect(code).toBe(
      'const f = (a: number): boolean => (__mutant(7)?((a) <= (1)):__mutant(8)?((a) >= (1)):(a < (__mutant(9)?(2):(1))));',
    );
  });
});

it('a report has a score for each folder, and what lives', () => {
  const mutant = {
    id: 1,
    file: 'lib/http/a.ts',
    line: 3,
    lineText: 'a <',
    operator: '< to <=',
    original: 'a <\n  b',
    replacement: '',
  };
  const report = toReport(
    [
      { mutant, fate: 'killed', ran: 1 },
      { mutant: { ...mutant, id: 2 }, fate: 'survived', ran: 2 },
    ],
    4,
  );
  expect(report).toContain(' 50.0 %  1 of 2 killed, 0 reached by no test: lib/http\n');
  expect(report).toContain('equivalent, left out: 4\n');
  expect(report).toContain('survived lib/http/a.ts:3 < to <=: a < b\n');
});

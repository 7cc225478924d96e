import { describe, expect, it } from 'vitest';
import { compareOutcomes, type KnownOutcome } from './compare-outcomes.ts';
import type { TestOutcome } from './parse-go-test.ts';

const KNOWN: readonly KnownOutcome[] = [
  { outcome: 'fail', reason: 'it is so', tests: ['p TestA/one'] },
  { outcome: 'skip', reason: 'a cloud is needed', tests: ['p TestCloud'] },
];

const AS_KNOWN: readonly TestOutcome[] = [
  { name: 'p TestA', outcome: 'fail', said: '' },
  { name: 'p TestA/one', outcome: 'fail', said: 'no' },
  { name: 'p TestA/two', outcome: 'pass', said: '' },
  { name: 'p TestCloud', outcome: 'skip', said: '' },
];

/** The outcomes with one that is another. */
function withOutcome(name: string, outcome: TestOutcome['outcome']): TestOutcome[] {
  return [...AS_KNOWN.filter((other) => other.name !== name), { name, outcome, said: 'a_test.go:7:\n  not so' }];
}

describe('outcomes of a suite beside the known ones', () => {
  it('is no surprise where all are known, and counts what passed', () => {
    expect(compareOutcomes(AS_KNOWN, KNOWN)).toEqual({ passed: 1, surprises: [] });
  });

  it.each([
    ['a failure that is not known', 'p TestA/two', 'fail', 'fail: a_test.go:7: not so'],
    ['a skipped test that is not known', 'p TestA/two', 'skip', 'skip: a_test.go:7: not so'],
    ['a known failure that is skipped', 'p TestA/one', 'skip', 'skip: a_test.go:7: not so'],
    ['a known failure that passes', 'p TestA/one', 'pass', 'it passes: take it off the known outcomes'],
    ['a known skipped test that passes', 'p TestCloud', 'pass', 'it passes: take it off the known outcomes'],
  ] as const)('is surprised by %s', (_what, name, outcome, reason) => {
    expect(compareOutcomes(withOutcome(name, outcome), KNOWN).surprises).toContainEqual({ name, reason });
  });

  it('is surprised by an entry that the suite does not have', () => {
    const without = AS_KNOWN.filter(({ name }) => name !== 'p TestCloud');
    expect(compareOutcomes(without, KNOWN).surprises).toEqual([
      { name: 'p TestCloud', reason: 'the suite has no such test: take it off the known outcomes' },
    ]);
  });
});

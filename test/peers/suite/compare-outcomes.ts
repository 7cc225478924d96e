import type { Check } from '../tap.ts';
import type { TestOutcome } from './parse-go-test.ts';

/** Tests of a suite that do not pass here, and why that is right. */
export interface KnownOutcome {
  readonly outcome: 'fail' | 'skip';
  readonly reason: string;
  /** As the suite names them; a test that fails because one of its subtests does is not named. */
  readonly tests: readonly string[];
}

export interface SuiteResult {
  readonly passed: number;
  /** An unexpected failure or skip, an entry of the list that passes, and one that the suite does not have. */
  readonly surprises: readonly Check[];
}

/** Holds the outcomes of a suite against those that are known. */
export function compareOutcomes(outcomes: readonly TestOutcome[], known: readonly KnownOutcome[]): SuiteResult {
  const expected = new Map(known.flatMap(({ tests, outcome }) => tests.map((test) => [test, outcome] as const)));
  const byName = new Map(outcomes.map((outcome) => [outcome.name, outcome]));
  const unexpected = outcomes.filter(
    ({ name, outcome }) => outcome !== 'pass' && expected.get(name) !== outcome && !isExplained(name, outcomes),
  );
  const outdated = [...expected].filter(([name]) => (byName.get(name)?.outcome ?? 'pass') === 'pass');
  return {
    passed: outcomes.filter(({ name, outcome }) => outcome === 'pass' && !expected.has(name)).length,
    surprises: [
      ...unexpected.map(({ name, outcome, said }) => ({ name, reason: `${outcome}: ${shorten(said)}` })),
      ...outdated.map(([name]) => ({
        name,
        reason: byName.has(name)
          ? 'it passes: take it off the known outcomes'
          : 'the suite has no such test: take it off the known outcomes',
      })),
    ],
  };
}

/** A test fails with its subtests; they tell why. */
function isExplained(name: string, outcomes: readonly TestOutcome[]): boolean {
  return outcomes.some((other) => other.outcome === 'fail' && other.name.startsWith(`${name}/`));
}

function shorten(said: string): string {
  return said.replaceAll(/\s+/g, ' ').trim().slice(0, 400);
}

import { expect, it } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import type { Mutant } from '../../mutation/instrument.ts';
import { findFailure, type RunningVitest } from '../../mutation/run-mutants.ts';

type Ending = 'passes' | 'fails' | 'times out';

const MESSAGES: Record<Ending, string[]> = {
  passes: [],
  fails: ['expected 1 to be 2'],
  'times out': ['Test timed out in 15000ms.'],
};

/**
 * Ends a run at the first failure, as the real one does when it is told to, and answers with all files that it ever ran, each as it
 * ended last.
 * @param endings how each run of each file ends
 */
function createVitest(endings: Readonly<Record<string, readonly Ending[]>>): RunningVitest {
  const last = new Map<string, unknown>();
  const runs = new Map<string, number>();
  const run = (moduleId: string): Ending => {
    const count = runs.get(moduleId) ?? 0;
    runs.set(moduleId, count + 1);
    const ending = endings[moduleId]?.[count];
    if (ending === undefined) throw new Error(`${moduleId} is run more often than expected.`);
    const errors = MESSAGES[ending].map((message) => ({ message }));
    last.set(moduleId, {
      moduleId,
      ok: () => ending === 'passes',
      children: { allTests: () => (ending === 'passes' ? [] : [{ result: () => ({ errors }) }]) },
    });
    return ending;
  };
  return {
    projects: [],
    config: {},
    provide: () => undefined,
    runTestSpecifications: async (specifications: TestSpecification[]) => {
      specifications.every(({ moduleId }) => run(moduleId) === 'passes');
      return { testModules: [...last.values()], unhandledErrors: [] };
    },
  } as unknown as RunningVitest;
}

const MUTANT = { id: 1 } as Mutant;

function specify(...moduleIds: string[]): TestSpecification[] {
  return moduleIds.map((moduleId) => ({ moduleId }) as TestSpecification);
}

it('the file of tests that fails has noticed the mutant', async () => {
  const vitest = createVitest({ a: ['passes'], b: ['fails'] });
  expect(await findFailure(vitest, MUTANT, specify('a', 'b'))).toBe('b');
});

it('a file that failed for another mutant, and is not run for this one, has not noticed it', async () => {
  const vitest = createVitest({ a: ['fails'], b: ['passes'] });
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('b'))).toBeUndefined();
});

it('a file that failed for another mutant has not noticed this one whose run ended before it', async () => {
  const vitest = createVitest({ a: ['fails', 'passes'], b: ['times out', 'passes'] });
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('b', 'a'))).toBeUndefined();
});

it('what runs out of time once has not noticed the mutant; twice, it has', async () => {
  expect(await findFailure(createVitest({ a: ['times out', 'passes'] }), MUTANT, specify('a'))).toBeUndefined();
  expect(await findFailure(createVitest({ a: ['times out', 'times out'] }), MUTANT, specify('a'))).toBe('a');
});

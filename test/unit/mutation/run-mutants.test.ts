import { expect, it } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import type { Mutant } from '../../mutation/instrument.ts';
import { findFailure, type RunningVitest } from '../../mutation/run-mutants.ts';

type Ending = 'passes' | 'fails' | 'times out' | 'has a hook that times out';

const MESSAGES: Record<Ending, string[]> = {
  passes: [],
  fails: ['expected 1 to be 2'],
  'times out': ['Test timed out in 15000ms.'],
  'has a hook that times out': ['Hook timed out in 20000ms.'],
};

/**
 * Ends a run at the first failure, as the real one does when it is told to, and answers with all files that it ever ran, each as it
 * ended last.
 * @param endings how each run of each file with a mutant ends
 * @param polluted a file that fails without a mutant where another was run before it
 * @param slow a file that runs out of time without a mutant too
 */
function createVitest(
  endings: Readonly<Record<string, readonly Ending[]>>,
  { polluted, slow }: { polluted?: string; slow?: string } = {},
): RunningVitest {
  let mutantId = 0;
  const last = new Map<string, unknown>();
  const runs = new Map<string, number>();
  const endingOf = (moduleId: string, isFirst: boolean): Ending => {
    if (mutantId === 0 && moduleId === slow) return 'times out';
    if (mutantId === 0) return moduleId === polluted && !isFirst ? 'fails' : 'passes';
    const count = runs.get(moduleId) ?? 0;
    runs.set(moduleId, count + 1);
    const ending = endings[moduleId]?.[count];
    if (ending === undefined) throw new Error(`${moduleId} is run more often than expected.`);
    return ending;
  };
  const run = (moduleId: string, isFirst: boolean): Ending => {
    const ending = endingOf(moduleId, isFirst);
    const errors = MESSAGES[ending].map((message) => ({ message }));
    const isHook = ending === 'has a hook that times out';
    last.set(moduleId, {
      moduleId,
      ok: () => ending === 'passes',
      errors: () => [],
      children: {
        allSuites: () => [{ errors: () => (isHook ? errors : []) }],
        allTests: () => (isHook ? [] : [{ result: () => ({ errors }) }]),
      },
    });
    return ending;
  };
  return {
    projects: [],
    config: {},
    provide: (_: string, id: number) => {
      mutantId = id;
    },
    runTestSpecifications: async (specifications: TestSpecification[]) => {
      specifications.every(({ moduleId }, index) => run(moduleId, index === 0) === 'passes');
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

it('a file that failed for another mutant, and is not run for this one, has not noticed it, nor hides who has', async () => {
  const vitest = createVitest({ a: ['fails', 'fails'], b: ['passes', 'fails'] });
  // Once is not enough: how the file ends without a mutant is looked at then, and it passes.
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('b'))).toBeUndefined();
  expect(await findFailure(vitest, MUTANT, specify('b'))).toBe('b');
});

it('a file that failed for another mutant has not noticed this one whose run ended before it', async () => {
  const vitest = createVitest({ a: ['fails', 'fails', 'passes'], b: ['times out', 'passes'] });
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('a'))).toBe('a');
  expect(await findFailure(vitest, MUTANT, specify('b', 'a'))).toBeUndefined();
});

it.each<Ending>(['times out', 'has a hook that times out'])(
  'what %s has noticed the mutant if it does so twice',
  async (ending) => {
    expect(await findFailure(createVitest({ a: [ending, 'passes'] }), MUTANT, specify('a'))).toBeUndefined();
    expect(await findFailure(createVitest({ a: [ending, ending] }), MUTANT, specify('a'))).toBe('a');
  },
);

it('what runs out of time twice on a machine on which it does so without a mutant too has not noticed it', async () => {
  const vitest = createVitest({ a: ['times out', 'times out'], b: ['fails'] }, { slow: 'a' });
  expect(await findFailure(vitest, MUTANT, specify('a', 'b'))).toBe('b');
  const failing = createVitest({ a: ['times out', 'fails'] }, { slow: 'a' });
  expect(await findFailure(failing, MUTANT, specify('a'))).toBe('a');
});

it('what fails behind another file without a mutant too has noticed the mutant if it fails alone', async () => {
  const passing = createVitest({ a: ['passes', 'passes'], b: ['fails', 'passes'] }, { polluted: 'b' });
  expect(await findFailure(passing, MUTANT, specify('a', 'b'))).toBeUndefined();
  const failing = createVitest({ a: ['passes'], b: ['fails', 'fails'] }, { polluted: 'b' });
  expect(await findFailure(failing, MUTANT, specify('a', 'b'))).toBe('b');
});

it('what runs out of a short time has a longer one before it counts', async () => {
  const vitest = createVitest({ a: ['passes'], b: ['times out', 'times out'] });
  const config = { testTimeout: 0 };
  const limits: number[] = [];
  const recording = {
    ...vitest,
    projects: [{ config }],
    runTestSpecifications: (specifications: TestSpecification[]) => {
      limits.push(config.testTimeout);
      return vitest.runTestSpecifications(specifications);
    },
  } as unknown as RunningVitest;
  expect(await findFailure(recording, MUTANT, specify('a', 'b'))).toBe('b');
  // And that long without the mutant.
  expect(limits).toEqual([3_000, 15_000, 15_000]);
});

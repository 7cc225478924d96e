import { expect, it } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { runTests } from '../../mutation/run-mutants.ts';

it('a test file that failed by another mutant, and is not run for this one, counts for nothing', async () => {
  const modules = ['failed-before', 'run-now'].map((moduleId) => ({ moduleId, ok: () => moduleId === 'run-now' }));
  const vitest = {
    // Whatever is run, vitest tells of all that it ever ran.
    runTestSpecifications: async () => ({ testModules: modules, unhandledErrors: [] }),
  } as unknown as Vitest;
  const { testModules } = await runTests(vitest, [{ moduleId: 'run-now' } as TestSpecification]);
  expect(testModules.map(({ moduleId }) => moduleId)).toEqual(['run-now']);
});

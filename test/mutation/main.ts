import { number, toggle } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';

await runCommand({
  start: 'npm run mutate',
  summary: 'Makes small changes to the code, one at a time, and says which of them no test notices.',
  flags: {
    sample: number('N', 'try N mutants, drawn at random (default: all)', { min: 1, max: 1e6 }),
    seed: number('N', 'repeats the draw of an earlier run (default: a new one, which is printed)', {
      min: 0,
      max: 2 ** 31,
    }),
    json: toggle('print all outcomes as JSON'),
  },
  rest: { name: 'PATH…', help: 'files or folders of lib/ and functions/ (default: both)' },
  notes:
    'For each mutant the tests are run that reach it: those that mirror its path first, then the other unit tests, then the rest. What is only told to a log, and the words of messages, are left alone. Mutants that change nothing stand in test/mutation/equivalents.ts with a reason, and do not count.',
  run: async ({ sample, seed = Date.now() % 2 ** 31, json }, paths) => {
    const { mutate } = await import('./mutate.ts');
    return mutate({ paths: paths.length > 0 ? paths : ['lib', 'functions'], sample, seed, json });
  },
});

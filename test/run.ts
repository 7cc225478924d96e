import { text, toggle } from '../infra/cli/flags.ts';
import { runCommand } from '../infra/cli/run-command.ts';
import { runProgram } from '../infra/tasks/run-program.ts';

interface Suite {
  readonly summary: string;
  readonly config: string;
  /** What vitest is told, before the filters. */
  readonly options?: readonly string[];
  /** Folders or files that it runs by default. */
  readonly tests?: readonly string[];
  /** Whether types, style and format are checked first. */
  readonly isChecked?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const SUITES: Readonly<Record<string, Suite>> = {
  test: {
    summary: 'Checks types and style, builds the functions, and runs all tests but the long ones.',
    config: 'test/vitest.config.ts',
    isChecked: true,
  },
  'test:unit': {
    summary: 'Runs the unit tests: no servers, no build, a few seconds.',
    config: 'test/vitest.config.ts',
    options: ['--project', 'unit'],
  },
  'test:long': {
    summary:
      'Runs what takes minutes: random events, mixed load, rotations that crash at each step and in all interleavings, npm start that is killed, the clone of a newcomer, other versions of Conjur.',
    config: 'test/slow.config.ts',
    tests: ['.long.ts'],
  },
  'test:moto': {
    summary:
      "Lints the template for 30 parameter sets; deploys the stack, and a release of it, to moto's server. Needs Python.",
    config: 'test/slow.config.ts',
    tests: ['test/slow/templates.slow.ts', 'test/slow/moto.slow.ts', 'test/slow/release-moto.slow.ts'],
  },
  'test:release': {
    summary: 'Makes a release twice, and compares its template with what is packaged of the same parameters.',
    config: 'test/slow.config.ts',
    tests: ['test/slow/release.slow.ts'],
  },
  'test:ric': {
    summary: "Runs each zip under AWS's runtime client, which it builds first (C++).",
    config: 'test/slow.config.ts',
    tests: ['test/slow/ric.slow.ts'],
  },
  screenshots: {
    summary: 'Takes the pictures of the console anew that docs/console.md shows. Needs Chromium.',
    config: 'test/vitest.config.ts',
    tests: ['test/e2e/console.test.ts'],
    environment: { SCREENSHOTS: 'docs' },
  },
};

const [name = '', ...args] = process.argv.slice(2);
const suite = SUITES[name];
if (suite === undefined) throw new Error(`There is no suite "${name}". Suites: ${Object.keys(SUITES).join(', ')}.`);
await runCommand(
  {
    start: name === 'test' ? 'npm test' : `npm run ${name}`,
    summary: suite.summary,
    flags: {
      name: text('TEXT', 'only tests whose name contains the text'),
      verbose: toggle('print the name of every test'),
    },
    rest: { name: 'FILTER…', help: 'only test files whose path contains one of these' },
    run: async ({ name: pattern, verbose }, filters) => {
      const checked =
        suite.isChecked === true ? await runProgram('node', ['infra/run.js', 'infra/tasks/main.ts', 'check']) : 0;
      if (checked !== 0) return checked;
      const tests = filters.length > 0 ? filters : (suite.tests ?? []);
      const more = [
        ...(pattern === undefined ? [] : ['--testNamePattern', pattern]),
        ...(verbose ? ['--reporter=verbose'] : []),
      ];
      const told = ['run', '--config', suite.config, ...(suite.options ?? []), ...more, ...tests];
      return runProgram('vitest', told, suite.environment);
    },
  },
  args,
);

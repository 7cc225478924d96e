import { runCommand } from '../cli/run-command.ts';
import { runProgram } from './run-program.ts';

interface Task {
  readonly summary: string;
  /** Programs of this project's packages, or npm, one after the other; the first that fails ends the task. */
  readonly programs: readonly (readonly [string, ...string[]])[];
}

const TYPES = ['tsc', '--noEmit'] as const;
/** What runs in a browser has other globals. */
const PAGE_TYPES = [...TYPES, '-p', 'infra/local/console/page'] as const;
const LINT = ['biome', 'check', '.'] as const;

/** What other people's programs do, under one name, so that every script of package.json takes its flags the same way. */
const TASKS: Readonly<Record<string, Task>> = {
  typecheck: { summary: 'Checks the types with TypeScript.', programs: [TYPES, PAGE_TYPES] },
  lint: { summary: 'Checks style and format with Biome.', programs: [LINT] },
  format: {
    summary: 'Formats the sources and applies safe fixes with Biome.',
    programs: [['biome', 'check', '--write', '.']],
  },
  check: { summary: 'Checks the types, then style and format.', programs: [TYPES, PAGE_TYPES, LINT] },
  sbom: {
    summary: 'Prints a bill of materials in CycloneDX format.',
    programs: [['npm', 'sbom', '--sbom-format', 'cyclonedx']],
  },
  audit: {
    summary: 'Asks the registry for known vulnerabilities.',
    programs: [['npm', 'audit', '--audit-level', 'low']],
  },
};

const [name = '', ...args] = process.argv.slice(2);
const task = TASKS[name];
if (task === undefined) throw new Error(`There is no task "${name}". Tasks: ${Object.keys(TASKS).join(', ')}.`);
await runCommand(
  {
    start: `npm run ${name}`,
    summary: task.summary,
    flags: {},
    run: async () => {
      for (const [program, ...rest] of task.programs) {
        const status = await runProgram(program, rest);
        if (status !== 0) return status;
      }
      return 0;
    },
  },
  args,
);

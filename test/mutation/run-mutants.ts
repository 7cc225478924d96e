import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type TestSpecification, type Vitest } from 'vitest/node';
import { instrument, type Mutant } from './instrument.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type Fate = 'killed' | 'survived' | 'unreached';

export interface Outcome {
  readonly mutant: Mutant;
  readonly fate: Fate;
  /** The test files that were run for it, from the root. */
  readonly ran: number;
}

/** The tests of some files under all of their mutants, in one warm process of vitest. */
export interface MutationRun {
  readonly mutants: readonly Mutant[];
  /** Runs the tests that reach the mutant, the quickest first, until one fails. */
  tryMutant(mutant: Mutant): Promise<Outcome>;
  close(): Promise<void>;
}

/** Test files that last longer are left for those that the quick ones let through. */
const QUICK_MS = 1_500;

/**
 * @param files from the root
 * @throws Error where a test fails without any mutant
 */
export async function startMutationRun(files: readonly string[]): Promise<MutationRun> {
  const mutants: Mutant[] = [];
  const codeOf = new Map<string, string>();
  for (const file of files) {
    const instrumented = instrument(readFileSync(`${ROOT}${file}`, 'utf8'), file, mutants.length + 1);
    mutants.push(...instrumented.mutants);
    codeOf.set(`${ROOT}${file}`, instrumented.code);
  }
  const vitest = await createVitest(
    'test',
    { config: `${ROOT}test/mutation/vitest.config.ts`, watch: false, reporters: [{}] },
    {
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          transform: (_, id) => codeOf.get(id.split('?')[0] ?? ''),
        },
      ],
    },
  );
  const specifications = await vitest.globTestSpecifications(testsOf(files));
  const reachedBy = await look(vitest, specifications);
  return {
    mutants,
    async tryMutant(mutant) {
      const tests = specifications
        .map((specification) => ({ specification, ...reachedBy.get(specification.moduleId) }))
        .filter(({ reached }) => reached?.has(mutant.id) === true)
        .sort((a, b) => (a.tookMs ?? 0) - (b.tookMs ?? 0));
      if (tests.length === 0) return { mutant, fate: 'unreached', ran: 0 };
      const isQuick = ({ tookMs = 0 }: { tookMs?: number | undefined }): boolean => tookMs < QUICK_MS;
      const folder = `/${dirname(mutant.file)}/`;
      const isNear = ({ specification }: { specification: TestSpecification }): boolean =>
        specification.moduleId.includes(folder);
      const quick = tests.filter(isQuick);
      // Those that mirror the file's path find most; the slow ones are run one by one.
      const batches = [
        quick.filter(isNear),
        quick.filter((test) => !isNear(test)),
        ...tests.filter((test) => !isQuick(test)).map((test) => [test]),
      ];
      for (const batch of batches) {
        if (batch.length === 0) continue;
        vitest.provide('mutant', mutant.id);
        vitest.provide('reachedFile', '');
        if (
          await fails(
            vitest,
            batch.map(({ specification }) => specification),
          )
        )
          return { mutant, fate: 'killed', ran: tests.length };
      }
      return { mutant, fate: 'survived', ran: tests.length };
    },
    close: () => vitest.close(),
  };
}

interface Reached {
  readonly reached: ReadonlySet<number>;
  readonly tookMs: number;
}

/** Runs all tests without a mutant, and notes which mutants each file reaches, and how long it takes. */
async function look(vitest: Vitest, specifications: TestSpecification[]): Promise<Map<string, Reached>> {
  const reachedFile = `${ROOT}node_modules/.cache/mutation-${process.pid}.jsonl`;
  mkdirSync(dirname(reachedFile), { recursive: true });
  rmSync(reachedFile, { force: true });
  vitest.provide('mutant', 0);
  vitest.provide('reachedFile', reachedFile);
  vitest.config.bail = 0;
  const { testModules } = await vitest.runTestSpecifications(specifications);
  vitest.config.bail = 1;
  const failed = new Set(testModules.filter((module) => !module.ok()).map(({ moduleId }) => moduleId));
  for (const path of failed) process.stderr.write(`left out, since it fails without any mutant: ${path}\n`);
  const lines = readFileSync(reachedFile, 'utf8').trim().split('\n');
  rmSync(reachedFile);
  const all = lines.map((line) => JSON.parse(line) as { file: string; reached: number[]; tookMs: number });
  return new Map(
    all
      .filter(({ file }) => !failed.has(file))
      .map(({ file, reached, tookMs }) => [file, { reached: new Set(reached), tookMs }]),
  );
}

async function fails(vitest: Vitest, specifications: TestSpecification[]): Promise<boolean> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  return unhandledErrors.length > 0 || testModules.some((module) => !module.ok());
}

/** The test files that import one of the files, however far away. */
function testsOf(files: readonly string[]): string[] {
  const wanted = new Set(files.map((file) => `${ROOT}${file}`));
  const leads = new Map<string, boolean>();
  const isLeading = (path: string): boolean => {
    if (wanted.has(path)) return true;
    const known = leads.get(path);
    if (known !== undefined) return known;
    leads.set(path, false);
    const found = importsOf(path).some(isLeading);
    leads.set(path, found);
    return found;
  };
  return globSync('test/{unit,model,integration/{lib,rotation,hostile,writing,functions,callers}}/**/*.test.ts', {
    cwd: ROOT,
  })
    .map((file) => `${ROOT}${file}`)
    .filter(isLeading);
}

function importsOf(path: string): string[] {
  const specifiers = readFileSync(path, 'utf8').matchAll(/(?:from |import\(|import )'(\.{1,2}\/[^']+\.ts)'/g);
  return [...specifiers]
    .map(([, specifier = '']) => resolve(dirname(path), specifier))
    .filter((file) => existsSync(file));
}

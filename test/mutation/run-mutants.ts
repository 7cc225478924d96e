import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { createVitest, type TestModule, type TestRunResult, type TestSpecification, type Vitest } from 'vitest/node';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';
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
  /** Runs the tests that reach the mutant, the likeliest first, until one fails. */
  tryMutant(mutant: Mutant): Promise<Outcome>;
  close(): Promise<void>;
}

/** @param files from the root */
export async function startMutationRun(files: readonly string[]): Promise<MutationRun> {
  const mutants: Mutant[] = [];
  const codeOf = new Map<string, string>();
  for (const file of files) {
    const instrumented = instrument(readFileSync(`${ROOT}${file}`, 'utf8'), file, mutants.length + 1);
    mutants.push(...instrumented.mutants);
    codeOf.set(`${ROOT}${file}`, instrumented.code);
  }
  const cache = `${ROOT}node_modules/.cache/mutation-${process.pid}`;
  await buildBundles(codeOf, cache);
  codeOf.set(LOAD_BUNDLE, readFileSync(LOAD_BUNDLE, 'utf8').replace('../../dist/', `${pathToFileURL(cache).href}/`));
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
  const looks = new Map<string, Look>();
  const kills = new Map<string, number>();
  return {
    mutants,
    async tryMutant(mutant) {
      const killsOf = ({ moduleId }: TestSpecification): number => kills.get(`${mutant.file} ${moduleId}`) ?? 0;
      const left = new Set(specifications.filter((test) => mayNotice(mutant, test)));
      let ran = 0;
      // Those that mirror the file's path, and those that have killed another of its mutants, find most.
      for (const isNext of [
        (test: TestSpecification) => test.moduleId.includes(`/${dirname(mutant.file)}/`) || killsOf(test) > 0,
        (test: TestSpecification) => test.moduleId.startsWith(`${ROOT}test/unit/`),
        () => true,
      ]) {
        const next = [...left].filter(isNext);
        for (const test of next) left.delete(test);
        await look(
          vitest,
          next.filter(({ moduleId }) => !looks.has(moduleId)),
          cache,
          looks,
        );
        const tests = next
          .filter(({ moduleId }) => looks.get(moduleId)?.reached.has(mutant.id))
          .sort((a, b) => killsOf(b) - killsOf(a) || durationOf(looks, a) - durationOf(looks, b));
        const isAlone = ({ moduleId }: TestSpecification): boolean => looks.get(moduleId)?.isAlone === true;
        const shared = tests.filter((test) => !isAlone(test));
        for (const batch of [shared, ...tests.filter(isAlone).map((test) => [test])]) {
          ran += batch.length;
          const killer = batch.length === 0 ? undefined : await findFailure(vitest, mutant, batch);
          if (killer === undefined) continue;
          const key = `${mutant.file} ${killer}`;
          kills.set(key, (kills.get(key) ?? 0) + 1);
          return { mutant, fate: 'killed', ran };
        }
      }
      return { mutant, fate: ran === 0 ? 'unreached' : 'survived', ran };
    },
    async close() {
      await vitest.close();
      rmSync(cache, { recursive: true });
    },
  };
}

const LOAD_BUNDLE = `${ROOT}test/support/load-bundle.ts`;

/** Builds the functions with the mutants in them, where tests that load built functions then find them. */
async function buildBundles(codeOf: ReadonlyMap<string, string>, outdir: string): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(FUNCTION_NAMES.map((name) => [`${name}/handler`, `functions/${name}/handler.ts`])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    plugins: [
      {
        name: 'mutants',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            contents: codeOf.get(path) ?? readFileSync(path),
            loader: 'ts',
          }));
        },
      },
    ],
  });
}

/** What a test file does without a mutant. */
interface Look {
  readonly reached: ReadonlySet<number>;
  readonly tookMs: number;
  /** Whether it has a process of its own. The others share one, as a start lasts longer than most of them; no two mutants do. */
  readonly isAlone: boolean;
}

/** Shorter test files share a process. */
const SHARED_MS = 5_000;

function durationOf(looks: ReadonlyMap<string, Look>, { moduleId }: TestSpecification): number {
  return looks.get(moduleId)?.tookMs ?? 0;
}

/** The models of rotations run for minutes, and are of `functions/`: what only they notice in `lib/` needs a test of its own. */
function mayNotice({ file }: Mutant, { moduleId }: TestSpecification): boolean {
  return !file.startsWith('lib/') || !/\/test\/(?:model|integration\/rotation)\//.test(moduleId);
}

/** Runs tests without a mutant, each alone, and then the short ones together. */
async function look(
  vitest: Vitest,
  specifications: TestSpecification[],
  folder: string,
  looks: Map<string, Look>,
): Promise<void> {
  if (specifications.length === 0) return;
  const run = async (some: TestSpecification[], isolate: boolean): Promise<ReadonlyMap<string, number>> => {
    for (const { config } of vitest.projects) Object.assign(config, { isolate, ...LIMITS });
    const { testModules } = await runTests(vitest, some);
    const passed = testModules.filter((module) => module.ok());
    return new Map(passed.map((module) => [module.moduleId, module.diagnostic().duration]));
  };
  const reachedFile = `${folder}/reached-${looks.size}.jsonl`;
  vitest.config.bail = 0;
  vitest.provide('mutant', 0);
  vitest.provide('reachedFile', reachedFile);
  const alone = await run(specifications, true);
  vitest.provide('reachedFile', '');
  const short = specifications.filter(({ moduleId }) => (alone.get(moduleId) ?? SHARED_MS) < SHARED_MS);
  const shared = await run(short, false);
  const lines = readFileSync(reachedFile, 'utf8').trim().split('\n');
  const reached = new Map(
    lines
      .map((line) => JSON.parse(line) as { file: string; reached: number[] })
      .map(({ file, reached: ids }) => [file, new Set(ids)]),
  );
  for (const { moduleId } of specifications) {
    const tookMs = alone.get(moduleId);
    if (tookMs === undefined) process.stderr.write(`left out, since it fails without any mutant: ${moduleId}\n`);
    looks.set(moduleId, {
      reached: (tookMs === undefined ? undefined : reached.get(moduleId)) ?? new Set(),
      tookMs: tookMs ?? 0,
      isAlone: !shared.has(moduleId),
    });
  }
}

/** What a run needs of vitest. */
export type RunningVitest = Pick<Vitest, 'projects' | 'config' | 'provide' | 'runTestSpecifications'>;

/** What earlier runs told of. */
const toldBefore = new WeakSet<TestModule>();

/**
 * Vitest tells of every file as it ended last, whichever run that was in: what this run left out, or did not come to, must not count
 * again.
 */
async function runTests(vitest: RunningVitest, specifications: TestSpecification[]): Promise<TestRunResult> {
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  const own = testModules.filter((module) => !toldBefore.has(module));
  for (const module of own) toldBefore.add(module);
  return { testModules: own, unhandledErrors };
}

/** Limits of a test and of a hook in milliseconds, for the first try of a mutant: most that hang would hang for any time. */
const SHORT_LIMITS = { testTimeout: 3_000, hookTimeout: 3_000 };
/** And for the second, which decides. */
const LIMITS = { testTimeout: 15_000, hookTimeout: 20_000 };

/**
 * What runs out of time has to do so twice, and not without a mutant: a busy machine must not pass for a test that noticed. And what fails
 * in the same place without a mutant, by what the files before it left behind, has to fail in a process of its own.
 * @returns the test file that failed
 */
export async function findFailure(
  vitest: RunningVitest,
  mutant: Mutant,
  specifications: TestSpecification[],
): Promise<string | undefined> {
  if (specifications.length === 0) return undefined;
  const failure = await runUnder(vitest, mutant.id, specifications, SHORT_LIMITS);
  if (failure === undefined) return undefined;
  const at = specifications.findIndex(({ moduleId }) => moduleId === failure.path);
  const before = at < 0 ? specifications : specifications.slice(0, at + 1);
  if (!failure.hasTimedOut && (await passesWithoutMutant(vitest, before))) return failure.path;
  const again = specifications.filter(({ moduleId }) => moduleId === failure.path);
  if (again.length === 0) return undefined;
  const decisive = await runUnder(vitest, mutant.id, again, LIMITS);
  const isBusy = decisive?.hasTimedOut === true && (await runUnder(vitest, 0, again, LIMITS)) !== undefined;
  if (decisive !== undefined && !isBusy) return failure.path;
  return findFailure(
    vitest,
    mutant,
    specifications.filter((specification) => !again.includes(specification)),
  );
}

/** By the files that were run, in their order. */
const passed = new WeakMap<RunningVitest, Map<string, Promise<boolean>>>();

function passesWithoutMutant(vitest: RunningVitest, specifications: TestSpecification[]): Promise<boolean> {
  const known = passed.get(vitest) ?? new Map<string, Promise<boolean>>();
  passed.set(vitest, known);
  const key = specifications.map(({ moduleId }) => moduleId).join('\n');
  const passes = known.get(key) ?? runUnder(vitest, 0, specifications, LIMITS).then((failure) => failure === undefined);
  known.set(key, passes);
  return passes;
}

/** Runs tests with a mutant, or with none (0), until one fails. */
async function runUnder(
  vitest: RunningVitest,
  mutantId: number,
  specifications: TestSpecification[],
  limits: typeof LIMITS,
): Promise<{ path: string; hasTimedOut: boolean } | undefined> {
  for (const { config } of vitest.projects) Object.assign(config, { isolate: false, ...limits });
  vitest.config.bail = 1;
  vitest.provide('mutant', mutantId);
  const { testModules, unhandledErrors } = await runTests(vitest, specifications);
  const failed = testModules.find((module) => !module.ok());
  if (failed !== undefined) return { path: failed.moduleId, hasTimedOut: hasTimedOut(failed) };
  return unhandledErrors.length > 0 ? { path: 'an unhandled error', hasTimedOut: false } : undefined;
}

function hasTimedOut(module: TestModule): boolean {
  const suites = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
  const tests = [...module.children.allTests('failed')].flatMap((test) => test.result().errors ?? []);
  return [...suites, ...tests].some(({ message }) => / timed out in \d/.test(message));
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
  if (path === LOAD_BUNDLE) return FUNCTION_NAMES.map((name) => `${ROOT}functions/${name}/handler.ts`);
  const specifiers = readFileSync(path, 'utf8').matchAll(/(?:from |import\(|import )'(\.{1,2}\/[^']+\.ts)'/g);
  return [...specifiers]
    .map(([, specifier = '']) => resolve(dirname(path), specifier))
    .filter((file) => existsSync(file));
}

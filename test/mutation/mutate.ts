import { globSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../infra/cli/flags.ts';
import { createSequence } from '../integration/rotation/support/scheduler.ts';
import { reasonFor } from './equivalents.ts';
import { type Outcome, startMutationRun } from './run-mutants.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface MutateOptions {
  /** Files or folders. */
  readonly paths: readonly string[];
  /** Undefined: all. */
  readonly sample: number | undefined;
  readonly seed: number;
  readonly json: boolean;
}

/** @returns the exit status: 0, since a mutant that lives is something to read, and no failure */
export async function mutate({ paths, sample, seed, json }: MutateOptions): Promise<number> {
  const files = paths.flatMap(filesOf).sort();
  const run = await startMutationRun(files);
  try {
    const chosen = draw(
      run.mutants.filter((mutant) => reasonFor(mutant) === undefined),
      sample,
      seed,
    );
    process.stderr.write(`${chosen.length} of ${run.mutants.length} mutants in ${files.length} files, seed ${seed}\n`);
    const outcomes: Outcome[] = [];
    for (const mutant of chosen) {
      const outcome = await run.tryMutant(mutant);
      outcomes.push(outcome);
      if (outcome.fate !== 'killed') process.stderr.write(`  ${toLine(outcome)}\n`);
      if (outcomes.length % 50 === 0) process.stderr.write(`  ${outcomes.length} tried\n`);
    }
    const equivalent = run.mutants.length - run.mutants.filter((mutant) => reasonFor(mutant) === undefined).length;
    process.stdout.write(json ? `${JSON.stringify({ seed, equivalent, outcomes })}\n` : toReport(outcomes, equivalent));
    return 0;
  } finally {
    await run.close();
  }
}

function filesOf(path: string): string[] {
  const from = relative(ROOT, resolve(path));
  if (!/^(?:lib|functions)(?:\/|$)/.test(from)) throw new UsageError(`${path} is not in lib/ or functions/.`);
  const isFolder = statSync(`${ROOT}${from}`, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder === undefined) throw new UsageError(`${path} does not exist.`);
  return isFolder ? globSync(`${from}/**/*.ts`, { cwd: ROOT }) : [from];
}

function draw<T>(all: readonly T[], count: number | undefined, seed: number): T[] {
  if (count === undefined || count >= all.length) return [...all];
  const next = createSequence(seed);
  const left = [...all];
  return Array.from({ length: count }, () => left.splice(next(left.length), 1)[0] as T);
}

/** A line for each folder, then each mutant that lives. */
export function toReport(outcomes: readonly Outcome[], equivalent: number): string {
  const folders = Map.groupBy(outcomes, ({ mutant }) => mutant.file.split('/').slice(0, -1).join('/'));
  const lines = [...folders].sort().map(([folder, some]) => toScore(folder, some));
  const alive = outcomes.filter(({ fate }) => fate !== 'killed').map(toLine);
  return `${[...lines, toScore('all', outcomes), `equivalent, left out: ${equivalent}`, '', ...alive].join('\n')}\n`;
}

function toScore(name: string, outcomes: readonly Outcome[]): string {
  const killed = outcomes.filter(({ fate }) => fate === 'killed').length;
  const unreached = outcomes.filter(({ fate }) => fate === 'unreached').length;
  const score = ((100 * killed) / outcomes.length).toFixed(1);
  return `${score.padStart(5)} %  ${killed} of ${outcomes.length} killed, ${unreached} reached by no test: ${name}`;
}

function toLine({ mutant: { file, line, operator, original }, fate }: Outcome): string {
  return `${fate} ${file}:${line} ${operator}: ${original.replace(/\s+/g, ' ').slice(0, 140)}`;
}

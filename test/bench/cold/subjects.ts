import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildFunctions } from '../../../infra/build/build.ts';
import { type Bundle, bundlePlainly } from '../../../infra/build/bundle.ts';
import { FUNCTION_NAMES } from '../../../infra/build/function-names.ts';
import { measureBundle } from '../../../infra/build/measure-bundle.ts';

/** A bundle whose start is timed. */
export interface Subject {
  readonly name: string;
  /** Folder with `handler.mjs`. */
  readonly directory: string;
  readonly codeBytes: number;
  readonly entryZipBytes: number;
  readonly zipBytes: number;
}

export const EMPTY = 'empty handler';
/** What a careless deployment would ship. */
export const BASELINE = 'plain bundle';
export const MINIFIED_BASELINE = 'plain bundle, minified';
/** What a user would write who needs one secret. */
export const HAND_WRITTEN = 'hand-written handler';

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/[/\\]$/, '');
const folder = `${root}/.local/bench-cold`;

/** Builds everything that is compared, the functions included, and measures its size. */
export async function buildSubjects(): Promise<Subject[]> {
  rmSync(folder, { recursive: true, force: true });
  await buildFunctions();
  return [
    await buildPlainly(EMPTY, 'empty-handler.ts', true),
    ...FUNCTION_NAMES.map((name) => toSubject(name, `${root}/dist/${name}`)),
    await buildPlainly(BASELINE, 'plain-handler.ts', false),
    await buildPlainly(MINIFIED_BASELINE, 'plain-handler.ts', true),
    await buildPlainly(HAND_WRITTEN, 'hand-written-handler.ts', true),
  ];
}

async function buildPlainly(name: string, file: string, minify: boolean): Promise<Subject> {
  const outdir = `${folder}/${name.replaceAll(/\W+/g, '-')}`;
  write(outdir, await bundlePlainly({ root, entry: `${root}/test/bench/cold/${file}`, outdir }, minify));
  return toSubject(name, outdir);
}

function write(outdir: string, { files }: Bundle): void {
  mkdirSync(outdir, { recursive: true });
  for (const { path, contents } of files) writeFileSync(path, contents);
}

function toSubject(name: string, directory: string): Subject {
  const { codeBytes, entryZipBytes, zipBytes } = measureBundle(directory);
  return { name, directory, codeBytes, entryZipBytes, zipBytes };
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

/** Sizes of a built bundle. */
export interface BundleSize {
  /** Files that a cold start loads: `handler.mjs` and the chunks that it imports statically, at any depth. */
  readonly entryFiles: readonly string[];
  /** Their size, deflated, with that of undici's parser, which the first connection reads. */
  readonly entryZipBytes: number;
  /** All code, deflated. */
  readonly codeZipBytes: number;
  /** The whole folder as a zip file: what is uploaded. */
  readonly zipBytes: number;
  /** All code, as it is. */
  readonly codeBytes: number;
}

// esbuild's own output: `import"./chunk-X.mjs"`, `import{a}from"./chunk-X.mjs"`; a dynamic import has a parenthesis.
const STATIC_IMPORT = /(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.mjs)"/g;

/** Measures the folder of a built function. */
export function measureBundle(directory: string): BundleSize {
  const files = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]));
  const zipped = new Map([...files].map(([name, contents]) => [name, deflateRawSync(contents, { level: 9 }).length]));
  const parser = [...files.keys()].filter((name) => name.endsWith('.wasm'));
  const code = [...files.keys()].filter((name) => name.endsWith('.mjs')).concat(parser);
  const entryFiles = [...loadedAtStart(files, 'handler.mjs')];
  return {
    entryFiles,
    entryZipBytes: sum([...entryFiles, ...parser].map((name) => zipped.get(name))),
    codeZipBytes: sum(code.map((name) => zipped.get(name))),
    zipBytes: sum([...zipped].map(([name, bytes]) => bytes + entryOverhead(name))) + END_OF_DIRECTORY_BYTES,
    codeBytes: sum(code.map((name) => files.get(name)?.length)),
  };
}

function loadedAtStart(files: ReadonlyMap<string, Buffer>, entry: string, found = new Set<string>()): Set<string> {
  const contents = files.get(entry);
  if (contents === undefined) throw new Error(`The bundle has no ${entry}; build it first (npm run build).`);
  found.add(entry);
  for (const [, name] of contents.toString('utf8').matchAll(STATIC_IMPORT)) {
    if (name !== undefined && !found.has(name)) loadedAtStart(files, name, found);
  }
  return found;
}

// A local header and a directory entry per file, and the end of the directory: .ZIP File Format Specification, sections 4.3.7, .12, .16.
const END_OF_DIRECTORY_BYTES = 22;

function entryOverhead(name: string): number {
  return 30 + 46 + 2 * Buffer.byteLength(name);
}

function sum(numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
}

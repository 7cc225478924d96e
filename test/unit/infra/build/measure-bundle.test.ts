import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { measureBundle } from '../../../../infra/build/measure-bundle.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bundle-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(directory, name), contents);
}

const zipped = (contents: string): number => deflateRawSync(contents, { level: 9 }).length;

it('counts to the entry what it imports statically, at any depth, and not what is loaded on need', () => {
  const files = {
    'handler.mjs': 'import{a}from"./chunk-A.mjs";import"./chunk-B.mjs";const l=()=>import("./lazy-C.mjs");',
    'chunk-A.mjs': 'export*from"./chunk-D.mjs";import"./handler.mjs";',
    'chunk-B.mjs': 'globalThis.b=1;',
    'chunk-D.mjs': 'export const a=1;',
    'lazy-C.mjs': 'export const c="a much longer text than the others have, to be seen";',
    'llhttp-E.wasm': 'read for the first connection',
    'NOTICES.txt': 'no code',
  };
  write(files);

  const size = measureBundle(directory);

  const { 'lazy-C.mjs': lazy, 'NOTICES.txt': notices, ...entry } = files;
  const entryZipBytes = Object.values(entry).reduce((sum, contents) => sum + zipped(contents), 0);
  const code = { ...entry, 'lazy-C.mjs': lazy };
  const { 'llhttp-E.wasm': _, ...imported } = entry;
  expect([...size.entryFiles].sort()).toEqual(Object.keys(imported).sort());
  expect(size.entryZipBytes).toBe(entryZipBytes);
  expect(size.codeZipBytes).toBe(entryZipBytes + zipped(lazy));
  expect(size.codeBytes).toBe(Object.values(code).join('').length);
  const headers = Object.keys(files).reduce((sum, name) => sum + 76 + 2 * name.length, 22);
  expect(size.zipBytes).toBe(entryZipBytes + zipped(lazy) + zipped(notices) + headers);
});

it('says what to do where nothing was built', () => {
  expect(() => measureBundle(directory)).toThrow('npm run build');
});

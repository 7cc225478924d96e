import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sharedCorePlugin } from '../../../../../infra/build/plugins/shared-core.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'core-'));
  const files = {
    'entry.mjs': `import { a } from './a.mjs'; import { b } from './b.mjs';
      export const load = async () => [a, b, (await import('./one.mjs')).one, (await import('./two.mjs')).default,
        (await import('./three.cjs')).default.three, (await import('./four.mjs')).default];`,
    'a.mjs': `export const a = 'a'; globalThis.loadsOfA = (globalThis.loadsOfA ?? 0) + 1;`,
    'b.mjs': `export const b = 'b' + globalThis.loadsOfA;`,
    'one.mjs': `import { a } from './a.mjs'; export const one = a + 'one';`,
    'two.mjs': `import { b } from './b.mjs'; const two = b + 'two'; export { two as default };`,
    'three.cjs': `exports.three = 'three';`,
    'four.mjs': `export default 'four';`,
  };
  for (const [name, contents] of Object.entries(files)) writeFileSync(join(directory, name), contents);
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

async function bundle(plugins: ReturnType<typeof sharedCorePlugin>[]) {
  const { metafile } = await build({
    entryPoints: [join(directory, 'entry.mjs')],
    outdir: join(directory, 'out'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    metafile: true,
    plugins,
  });
  const entry = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint?.endsWith('entry.mjs'));
  return entry?.imports.filter(({ kind }) => kind === 'import-statement').length;
}

it('makes one chunk of what the entry shares with all that it loads on need, and changes nothing else', async () => {
  expect(await bundle([])).toBeGreaterThan(1);
  expect(await bundle([sharedCorePlugin([join(directory, 'a.mjs'), join(directory, 'b.mjs')])])).toBe(1);

  const { load } = (await import(/* @vite-ignore */ pathToFileURL(join(directory, 'out/entry.mjs')).href)) as {
    load: () => Promise<string[]>;
  };
  expect(await load()).toEqual(['a', 'b1', 'aone', 'b1two', 'three', 'four']);
});

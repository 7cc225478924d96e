import { expect, it } from 'vitest';
import { builtinModulesPlugin } from '../../../../../infra/build/plugins/builtin-modules.ts';
import { bundleText, run } from '../bundle-text.ts';

it("fetches Node's modules without an import statement, whichever way they are named", async () => {
  const text = `
    import { STATUS_CODES } from 'node:http';
    import path from 'path';
    import * as fs from 'fs/promises';
    const { createHash } = require('crypto');
    export const results = [STATUS_CODES[404], path.basename('/a/b'), typeof fs.readFile, typeof createHash];
  `;

  const bundled = await bundleText(text, [builtinModulesPlugin()]);

  expect(bundled).not.toMatch(/^import\b/m);
  expect(bundled).not.toContain('require("');
  expect((await run(bundled)).results).toEqual(['Not Found', 'b', 'function', 'function']);
});

it('drops a module of which nothing is used, as an import for its effects would not be', async () => {
  const bundled = await bundleText(`import { STATUS_CODES } from 'node:http'; export const one = 1;`, [
    builtinModulesPlugin(),
  ]);

  expect(bundled).not.toContain('node:http');
});

it('leaves what is imported dynamically to Node', async () => {
  const text = `export const read = async () => (await import('fs')).readFileSync;`;

  const bundled = await bundleText(text, [builtinModulesPlugin()]);

  expect(bundled).toContain('import("node:fs")');
  expect(await ((await run(bundled)).read as () => unknown)()).toBeTypeOf('function');
});

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { bundle } from '../../infra/build/bundle.ts';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Loads a bundle in a process of its own, calls it, and tells what Node had to load for it. */
const PROBE = `
  const { handler } = await import(process.argv[1]);
  const answer = await handler({ name: 'a/b' }, {}).then(() => 'answered', (error) => error.name);
  process.stderr.write(JSON.stringify({ answer, loaded: process.moduleLoadList }));
`;

async function probe(name: string): Promise<{ answer: string; loaded: string[] }> {
  const environment = { PATH: process.env.PATH, CYBERARK_API_BASE: 'not a url' };
  const args = ['--input-type=module', '-e', PROBE, `${ROOT}/dist/${name}/handler.mjs`];
  const { stderr } = await promisify(execFile)(process.execPath, args, { env: environment });
  return JSON.parse(stderr) as { answer: string; loaded: string[] };
}

describe.each(FUNCTION_NAMES)('the bundle of %s', (name) => {
  it('answers by itself, without node_modules, and has Node load nothing that is not needed', async () => {
    const { answer, loaded } = await probe(name);

    expect(answer).toBe('ConfigInvalid');
    // Each of these costs a cold start milliseconds, and comes back with one careless import.
    const heavy = loaded.filter((module) =>
      /^NativeModule (?:internal\/deps\/undici\/undici|assert|http2|tls|internal\/crypto\/webcrypto)$/.test(module),
    );
    expect(heavy).toEqual([]);
  });

  it("has undici's parser in a file of its own, which no start scans", () => {
    const [parser = '', ...others] = readdirSync(`${ROOT}/dist/${name}`).filter((file) => file.endsWith('.wasm'));
    expect(others).toEqual([]);
    const original = createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js') as Buffer;
    expect(readFileSync(`${ROOT}/dist/${name}/${parser}`).equals(original)).toBe(true);
    for (const file of readdirSync(`${ROOT}/dist/${name}`).filter((file) => file.endsWith('.mjs')))
      expect(readFileSync(`${ROOT}/dist/${name}/${file}`, 'utf8')).not.toContain(
        original.toString('base64').slice(0, 100),
      );
  });

  it('brings the licences of what it is made of', () => {
    const notices = readFileSync(`${ROOT}/dist/${name}/THIRD-PARTY-NOTICES.txt`, 'utf8');

    expect(notices).toMatch(/^undici [\d.]+ \(MIT\)$/m);
    expect(notices).toMatch(/^@middy\/core [\d.]+ \(MIT\)$/m);
    expect(notices).toContain('Permission is hereby granted, free of charge');
  });
});

it('comes out the same when it is built again, and names no path of this machine', async () => {
  const name = 'read-secret';
  const outdir = `${ROOT}/dist/${name}`;

  const { files } = await bundle({ root: ROOT, entry: `${ROOT}/functions/${name}/handler.ts`, outdir });

  const code = files.filter(({ path }) => !path.endsWith('.map'));
  for (const { path, contents } of code) {
    expect(readFileSync(path).equals(contents)).toBe(true);
    expect(Buffer.from(contents).includes(ROOT)).toBe(false);
  }
  expect(readdirSync(outdir).filter((file) => file !== 'THIRD-PARTY-NOTICES.txt')).toHaveLength(code.length);
  expect(code.map(({ path }) => basename(path))).toContain('handler.mjs');
});

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const LOADED_FIRST = new URL('../../../../../infra/local/stack/load-once.ts', import.meta.url).href;
const RUNNER = './lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js';

/** Imports what serverless-offline's own runner imports, and as it does. */
const PROGRAM = `
import { rmSync, writeFileSync } from 'node:fs';
const { load } = await import(new URL(${JSON.stringify(RUNNER)}, import.meta.resolve('serverless-offline')).href);
const folder = process.argv[1];
const file = folder + '/handler.mjs';
const said = [];
const attempt = () => load(folder, folder + '/handler.handler').then((handler) => handler(), () => 'not loaded');
said.push(await attempt());
writeFileSync(file, 'let calls = 0; export const handler = () => ++calls; export const other = () => "other";');
said.push(await attempt());
rmSync(file);
said.push(await attempt());
writeFileSync(file, '');
said.push(await load(folder, folder + '/handler.other').then((other) => other()));
console.log(JSON.stringify(said));
`;

it('a handler is looked for until it is found, and then no more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  try {
    const args = ['--import', LOADED_FIRST, '--input-type=module', '--eval', PROGRAM, folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
    expect(JSON.parse(stdout)).toEqual(['not loaded', 1, 2, 'other']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

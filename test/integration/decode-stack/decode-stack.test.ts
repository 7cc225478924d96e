import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFrameDecoder } from '../../../infra/decode-stack/decode-frames.ts';
import { runNode } from '../../support/run-node.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const COMMAND = ['infra/run.js', 'infra/decode-stack/main.ts'];
const MAPS = join(ROOT, 'dist/source-maps');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the built function logs where nobody listens at Conjur's address. */
async function failingCall(): Promise<string> {
  const environment = {
    CYBERARK_API_BASE: 'http://127.0.0.1:9',
    CYBERARK_API_KEY: 'key',
    CYBERARK_MAX_ATTEMPTS: '1',
  };
  const script = `const { handler } = await import('./dist/read-secret/handler.mjs');
    await handler({ health: true }, { awsRequestId: '1', getRemainingTimeInMillis: () => 5000 }).catch(() => undefined);`;
  const { stdout } = await runNode(['--input-type=module', '-e', script], { cwd: ROOT, environment });
  return stdout;
}

it('names the places in the sources of what a built function logged, and leaves the rest of the line as it is', async () => {
  const logged = await failingCall();
  expect(logged).toMatch(/chunk-\w+\.mjs:\d+:\d+/);
  const file = join(folder, 'log.jsonl');
  await writeFile(file, logged);
  const { status, stdout, stderr } = await runNode([...COMMAND, file], { cwd: ROOT });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '5 frames decoded.\n' });
  const [before, after] = [logged, stdout].map((text) => JSON.parse(text.trim().split('\n').at(-1) ?? ''));
  expect({ ...after, at: undefined }).toEqual({ ...before, at: undefined });
  for (const frame of after.at) expect(frame).toMatch(/\((?:lib|functions|node_modules)\/[\w./-]+\.[jt]s:\d+:\d+\)$/);
  // The place is that of the statement.
  const [, source = '', line] = /\((lib\/.+):(\d+):\d+\)/.exec(after.at[0]) ?? [];
  expect(readFileSync(join(ROOT, source), 'utf8').split('\n')[Number(line) - 1]).toMatch(/new \w+|throw|return/);
});

it('says what is missing where a map is of another build, and ends with 1', async () => {
  const file = join(folder, 'other.txt');
  await writeFile(file, 'Error: x\n    at a (file:///var/task/chunk-OTHER123.mjs:1:20)\n');
  const { status, stdout, stderr } = await runNode([...COMMAND, file], { cwd: ROOT });
  expect(status).toBe(1);
  expect(stdout).toBe(readFileSync(file, 'utf8'));
  expect(stderr).toContain('There is no source map of chunk-OTHER123.mjs. Run "npm run build"');
});

it('takes handler.mjs for that of the function which the line, or the one before, names', () => {
  const frame = '    at b (/var/task/handler.mjs:1:400)';
  const named = createFrameDecoder({ folder: MAPS });
  named.decode('{"function_name":"conjur-functions-prod-rotate-key","level":"ERROR"}');
  expect(named.decode(frame)).toMatch(/at b \((?:lib|functions|node_modules)\//);
  const told = createFrameDecoder({ folder: MAPS, functionName: 'write-secret' });
  expect(told.decode(frame)).toMatch(/at b \((?:lib|functions|node_modules)\//);
  const unknown = createFrameDecoder({ folder: MAPS });
  expect(unknown.decode(frame)).toBe(frame);
  expect([...unknown.reasons]).toEqual(['Each function has a handler.mjs. Name the function with --function.']);
});

it.each(['no frame at all', '{"at":["    at c (node:internal/x:1:2)"]}', 'https://host/handler.mjs is a page'])(
  'leaves alone what is no frame of a bundle: %s',
  (line) => {
    const decoder = createFrameDecoder({ folder: MAPS });
    expect(decoder.decode(line)).toBe(line);
    expect([decoder.decoded, decoder.reasons.size]).toEqual([0, 0]);
  },
);

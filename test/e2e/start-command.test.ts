import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';

const START = fileURLToPath(new URL('../../infra/local/start.ts', import.meta.url));

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

function start(...args: string[]): Run {
  const child = spawn(process.execPath, [START, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

async function until(run: Run, text: string): Promise<void> {
  for (let waits = 0; !run.output().includes(text); waits += 1) {
    if (waits > 800 || run.child.exitCode !== null) throw new Error(`"${text}" was never printed:\n${run.output()}`);
    await delay(100);
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** About this machine, whatever Conjur the other tests run against. */
const onThisMachine = it.runIf(process.env.E2E_BASE === undefined);

onThisMachine(
  'brings everything up, ends all of it on Ctrl-C, and finds its data again',
  async () => {
    const [api, lambda, conjur] = [await freePort(), await freePort(), await freePort()];
    const data = join(folder, 'data/conjur.sqlite');
    const flags = ['--api-port', api, '--lambda-port', lambda, '--conjur-port', conjur, '--data', data].map(String);
    const url = `http://127.0.0.1:${api}/secrets/litellm/kept`;

    const first = start(...flags, '--admin-api-key', 'a-key-of-my-own');
    await until(first, 'Ctrl-C ends all of it.');
    expect(first.output()).toContain('KEY=a-key-of-my-own');
    expect((await fetch(url, { method: 'PUT', body: 'kept', headers: { 'content-type': 'text/plain' } })).status).toBe(
      201,
    );
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    for (const port of [api, lambda, conjur]) expect(await answers(`http://127.0.0.1:${port}`)).toBe(false);
    // The file holds every secret: nobody else may read it.
    expect(((await stat(data)).mode & 0o077).toString(8)).toBe('0');

    const second = start(...flags);
    await until(second, 'Ctrl-C ends all of it.');
    expect(second.output()).toContain('KEY=a-key-of-my-own');
    expect(await (await fetch(url)).json()).toMatchObject({ value: 'kept' });
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  },
  240_000,
);

onThisMachine('says in one line which port is taken, and which flag chooses another', async () => {
  const taken = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
  try {
    const run = start('--api-port', String(await freePort()), '--lambda-port', String(port));
    expect(await run.ended).toBe(1);
    expect(run.output().trim().split('\n').at(-1)).toBe(`Port ${port} is taken. Choose another with --lambda-port.`);
  } finally {
    await new Promise((resolve) => taken.close(resolve));
  }
});

onThisMachine.each([
  [['--api-port', '0'], '--api-port must be a port from 1 to 65535.'],
  [
    ['--conjur', 'conjur.example.com'],
    '--conjur must be the base URL of a Conjur, such as https://conjur.example.com.',
  ],
  [['--prot', '1'], "Unknown option '--prot'. `npm start -- --help` lists the flags."],
])('refuses %j in one line', async (args, line) => {
  const run = start(...args);
  expect(await run.ended).toBe(1);
  expect(run.output().trim()).toBe(line);
});

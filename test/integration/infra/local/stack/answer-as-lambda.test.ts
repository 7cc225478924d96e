import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFreePort } from '../../../../../infra/local/stack/find-free-port.ts';

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url));
const LOADED_FIRST = new URL('../../../../../infra/local/stack/answer-as-lambda.ts', import.meta.url).href;

const SERVICE = `
service: failing
provider: { name: aws, runtime: nodejs24.x }
plugins: [serverless-offline]
functions:
  answers: { handler: handler.answers }
  throws: { handler: handler.throws }
  hangs: { handler: handler.hangs, timeout: 1 }
`;

const HANDLERS = `
class SecretNotFoundError extends Error { constructor(message) { super(message); this.name = 'SecretNotFound'; } }
export const answers = async (event) => ({ event });
export const throws = async ({ kind, message }) => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  throw kind === 'own' ? new SecretNotFoundError(message) : new TypeError(message);
};
export const hangs = () => new Promise((resolve) => setTimeout(resolve, 5_000));
`;

let folder: string;
let child: ChildProcess;
let lambdaUrl: string;
let output = '';

/** A service of its own behind serverless-offline, started as the stack starts it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'serverless.yml'), SERVICE);
  await writeFile(join(folder, 'handler.mjs'), HANDLERS);
  const serverless = join(
    dirname(createRequire(import.meta.url).resolve('serverless/package.json')),
    'bin/serverless.js',
  );
  const [httpPort, lambdaPort] = [await findFreePort(), await findFreePort()];
  const flags = ['--useInProcess', '--host', '127.0.0.1', '--httpPort', httpPort, '--lambdaPort', lambdaPort].map(
    String,
  );
  child = spawn(process.execPath, ['--import', LOADED_FIRST, serverless, 'offline', 'start', ...flags], {
    cwd: folder,
    env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  lambdaUrl = `http://127.0.0.1:${lambdaPort}`;
  while (!(await answers(lambdaUrl))) {
    if (child.exitCode !== null) throw new Error(`serverless-offline ended:\n${output}`);
    await delay(100);
  }
}, 60_000);

afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }
  await rm(folder, { recursive: true, force: true });
});

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

async function invoke(name: string, event: object): Promise<{ fault: string | null; answer: Record<string, unknown> }> {
  const url = `${lambdaUrl}/2015-03-31/functions/failing-dev-${name}/invocations`;
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
  return {
    fault: response.headers.get('x-amz-function-error'),
    answer: (await response.json()) as Record<string, unknown>,
  };
}

it('names the class of what a function throws in errorType, for calls side by side too', async () => {
  const kinds = ['own', 'other', 'own', 'other'];
  const failures = await Promise.all(
    kinds.map((kind, index) => invoke('throws', { kind, message: `${kind} ${index}` })),
  );
  expect(failures).toEqual(
    kinds.map((kind, index) => ({
      fault: 'Unhandled',
      answer: {
        errorType: kind === 'own' ? 'SecretNotFound' : 'TypeError',
        errorMessage: `${kind} ${index}`,
        trace: expect.arrayContaining([expect.stringContaining(`${kind} ${index}`)]),
      },
    })),
  );
});

it('tells of a function that ran out of its time as Lambda does', async () => {
  expect(await invoke('hangs', {})).toEqual({
    fault: 'Unhandled',
    answer: {
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringMatching(/ Task timed out after 1\.\d\d seconds$/),
    },
  });
});

it('leaves answers as they are', async () => {
  expect(await invoke('answers', { errorType: 'a field' })).toEqual({
    fault: null,
    answer: { event: { errorType: 'a field' } },
  });
});

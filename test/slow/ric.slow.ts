import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { findAwsRuntimeClient, installRuntimeClient } from '../bench/cold/runtime-client.ts';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { findProgram } from '../support/find-program.ts';
import { runNode } from '../support/run-node.ts';
import { type Invoked, type RuntimeApi, startRuntimeApi } from './runtime-api.ts';

const NEEDED = ['cmake', 'make', 'c++', 'xz', 'unzip'];

/** AWS's own runtime client, or why there is none. */
async function prepareClient(): Promise<{ readonly script: string } | { readonly lack: string }> {
  const present = findAwsRuntimeClient();
  if (present !== undefined) return { script: present };
  const missing = NEEDED.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return { lack: `this machine has no ${missing.join(', ')} to build it with` };
  process.stderr.write(
    "Installing AWS's runtime client in .local/; it is built from C++, which takes a minute or more …\n",
  );
  try {
    await installRuntimeClient();
  } catch (error) {
    return { lack: `it could not be installed: ${(error as Error).message.split('\n')[0]}` };
  }
  return { script: findAwsRuntimeClient() as string };
}

const client = await prepareClient();
const note =
  'lack' in client ? `AWS's runtime client is not here (${client.lack}). THE ZIPS WERE NOT RUN UNDER IT.` : '';

describe("each packaged zip, unpacked in an empty folder, under AWS's runtime client", () => {
  let conjur: LocalConjur;
  let clone: ProjectClone;
  let folder: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conjur-zips-'));
    conjur = await createLocalConjur();
    environment = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
    clone = await cloneProject();
    const packaged = await runNode(['infra/deploy/package.ts'], { cwd: clone.directory });
    expect(packaged, packaged.stderr).toMatchObject({ status: 0 });
    for (const name of FUNCTION_NAMES)
      await promisify(execFile)('unzip', [
        '-q',
        join(clone.directory, `.serverless/${name}.zip`),
        '-d',
        join(folder, name),
      ]);
  });

  afterAll(async () => {
    await conjur?.close();
    await clone?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(name: string, more: Record<string, string> = {}): Promise<RuntimeApi> {
    if ('lack' in client) throw new Error(client.lack);
    return startRuntimeApi({
      script: client.script,
      taskRoot: join(folder, name),
      handler: `dist/${name}/handler.handler`,
      environment: { ...environment, ...more },
    });
  }

  /** Invokes a function with several events, one after the other, in one container. */
  async function invoke(
    name: string,
    events: readonly unknown[],
    more: Record<string, string> = {},
  ): Promise<Invoked[]> {
    await using api = await start(name, more);
    const answers: Invoked[] = [];
    for (const event of events) answers.push(await api.invoke(event));
    return answers;
  }

  const http = (method: string, path: string, body?: unknown) => ({
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { http: { method, path }, requestId: 'r' },
    body: body === undefined ? undefined : JSON.stringify(body),
    isBase64Encoded: false,
  });

  it('writes, reads and rotates, by direct calls and over HTTP', async ({ skip }) => {
    if (note !== '') return skip(note);
    expect(
      await invoke('write-secret', [
        { name: 'a/one', value: 'x' },
        http('POST', '/secrets', { secrets: [{ name: 'a/two', value: 'y' }] }),
      ]),
    ).toMatchObject([{ result: { created: true, version: 1 } }, { result: { statusCode: 200 } }]);
    expect(await invoke('read-secret', [{ name: 'a/one' }, { health: true }, http('GET', '/secrets')])).toMatchObject([
      { result: { value: 'x' } },
      { result: { ok: true } },
      { result: { statusCode: 200 } },
    ]);
    expect(await invoke('rotate-key', [{ name: 'a/one', strategy: 'random' }])).toMatchObject([
      { result: { version: 2 } },
    ]);
  });

  it('throws errors whose errorType is the code', async ({ skip }) => {
    if (note !== '') return skip(note);
    expect(await invoke('read-secret', [{ name: 'a/none' }, { nothing: true }])).toMatchObject([
      { error: { errorType: 'SecretNotFound' } },
      { error: { errorType: 'InvalidRequest' } },
    ]);
    expect(await invoke('rotate-key', [{ name: 'a/one', strategy: 'none' }])).toMatchObject([
      { error: { errorType: 'InvalidRequest' } },
    ]);
  });

  it('answers wrong settings with config_invalid, and does not fail to start', async ({ skip }) => {
    if (note !== '') return skip(note);
    expect(
      await invoke('write-secret', [{ name: 'a/one', value: 'x' }], { CYBERARK_MAX_ATTEMPTS: 'many' }),
    ).toMatchObject([
      { error: { errorType: 'ConfigInvalid', errorMessage: expect.stringContaining('CYBERARK_MAX_ATTEMPTS') } },
    ]);
  });
});

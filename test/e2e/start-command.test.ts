import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findFreePort } from '../../infra/local/stack/find-free-port.ts';
import { answers, ownStack, start, startByNpm, startWith, until } from './start-process.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function listen(server: Server | undefined, port: number): Promise<void> {
  await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
}

/** About this machine, whatever Conjur the other tests run against. */
const onThisMachine = it.runIf(process.env.E2E_BASE === undefined);

onThisMachine(
  'brings everything up, ends all of it on Ctrl-C, finds its data again, and ends all of it when npm is ended by SIGTERM',
  async () => {
    const [api, lambda, conjur] = [await findFreePort(), await findFreePort(), await findFreePort()];
    const data = join(folder, 'data/conjur.sqlite');
    const flags = ['--api-port', api, '--lambda-port', lambda, '--conjur-port', conjur, '--data', data].map(String);
    const url = `http://127.0.0.1:${api}/secrets/litellm/kept`;

    const first = start(...flags, '--admin-api-key', 'a-key-of-my-own');
    await until(first, 'Ctrl-C ends all of it.');
    expect(first.output()).toContain('ADMIN_API_KEY=a-key-of-my-own');
    expect((await fetch(url, { method: 'PUT', body: 'kept', headers: { 'content-type': 'text/plain' } })).status).toBe(
      201,
    );
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    for (const port of [api, lambda, conjur]) expect(await answers(`http://127.0.0.1:${port}`)).toBe(false);
    // The file holds every secret: nobody else may read it.
    expect(((await stat(data)).mode & 0o077).toString(8)).toBe('0');

    // By npm, and ended with it: the shell between the two passes no signal on.
    const second = startByNpm(...flags);
    await until(second, 'Ctrl-C ends all of it.');
    expect(second.output()).toContain('ADMIN_API_KEY=a-key-of-my-own');
    expect(await (await fetch(url)).json()).toMatchObject({ value: 'kept' });
    second.child.kill('SIGTERM');
    await second.ended;
    for (const port of [api, lambda, conjur])
      await expect.poll(() => answers(`http://127.0.0.1:${port}`), { timeout: 20_000 }).toBe(false);
  },
  240_000,
);

onThisMachine(
  'works in a shell that is set up for another Conjur, another AWS account and a proxy',
  async () => {
    const { flags, api } = await ownStack();
    const shell = {
      CYBERARK_API_BASE: 'https://me:my-password@conjur.example.com/api/',
      CYBERARK_AUTHN: 'iam',
      CYBERARK_AUTHN_SERVICE_ID: 'prod',
      CYBERARK_READ_API_BASE: 'http://127.0.0.1:9',
      CYBERARK_REQUIRE_TLS: 'true',
      CONJUR_SSL_CERTIFICATE: '/no/such/file.pem',
      LITELLM_MASTER_KEY_SECRET_ID: 'prod/litellm',
      CYBERARK_ALOW_DELETE: 'true',
      AWS_PROFILE: 'prod',
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
    };
    const run = startWith(shell, ...flags);
    await until(run, 'Ctrl-C ends all of it.');
    const rotate = async (call: object): Promise<unknown> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`http://127.0.0.1:${api}/rotations`, {
        method: 'POST',
        headers,
        body: JSON.stringify(call),
      });
      return answer.json();
    };
    expect(await rotate({ name: 'litellm/demo-key', strategy: 'litellm-virtual-key' })).toMatchObject({ version: 2 });
    const credential = { secret_id: 'conjur-functions/credential', strategy: 'conjur-api-key' };
    expect(await rotate(credential)).toMatchObject({ version: expect.any(String) });
    expect(run.output()).toContain('CYBERARK_ALOW_DELETE is not a setting. Did you mean CYBERARK_ALLOW_DELETE?\n');
    expect(run.output()).not.toContain('NOT READY');
    expect(run.output()).toContain(
      'CYBERARK_API_BASE is set and not used: the functions talk to the local Conjur. For yours: npm start -- --conjur https://conjur.example.com/api\n',
    );
    expect(run.output()).not.toContain('my-password');
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  },
  120_000,
);

onThisMachine(
  'says at once when the functions cannot log in',
  async () => {
    const { flags } = await ownStack();
    const nowhere = `http://127.0.0.1:${await findFreePort()}`;
    const run = startWith({ CYBERARK_API_KEY: 'a-key' }, ...flags, '--conjur', `${nowhere}/`);
    await until(run, 'NOT READY: Conjur could not be reached (ECONNREFUSED).');
    expect(run.output()).toContain(`  Conjur           ${nowhere}\n`);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
  },
  120_000,
);

onThisMachine('says in one line which ports are taken, by which flags, and what to do', async () => {
  const servers = [createServer(), createServer()];
  const [lambda, conjur] = [await findFreePort(), await findFreePort()];
  try {
    await Promise.all([listen(servers[0], lambda), listen(servers[1], conjur)]);
    const flags = ['--lambda-port', lambda, '--conjur-port', conjur, '--api-port', await findFreePort()].map(String);
    const run = start(...flags);
    expect(await run.ended).toBe(1);
    expect(run.output().trim()).toBe(
      `Ports ${lambda} (--lambda-port) and ${conjur} (--conjur-port) are taken. Is another \`npm start\` running? End it, start a second stack with --port-offset 100, or choose other ports with those flags.`,
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
});

onThisMachine.each([
  [['--api-port', '0'], '--api-port takes a whole number from 1 to 65535, not "0".', 2],
  [['--conjur', 'conjur.example.com'], '--conjur takes a base URL such as https://conjur.example.com.', 2],
  [
    ['--secrets-manager-port', '1234', '--litellm-port', '1234'],
    '--secrets-manager-port and --litellm-port are both 1234. Choose two ports.',
    1,
  ],
  [['--port-offset', '60000'], '--port-offset takes a whole number from 0 to 57455, not "60000".', 2],
  [['--admin-api-key', '--data'], '--admin-api-key needs a value: --admin-api-key KEY.', 2],
  [['--prot', '1'], 'Unknown flag --prot.', 2],
])('refuses %j in one line', async (args, line, status) => {
  const run = start(...args);
  expect(await run.ended).toBe(status);
  expect(run.output().trim().split('\n')).toEqual([expect.stringContaining(line)]);
});

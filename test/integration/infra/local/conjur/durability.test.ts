import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { createClient } from '../../../../conformance/create-client.ts';
import { startConjur, talkTo } from './start-conjur.ts';

const MAIN = fileURLToPath(new URL('../../../../../infra/local/conjur/main.ts', import.meta.url));

function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), 'local-conjur-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'conjur.db');
}

interface Running {
  readonly child: ChildProcess;
  /** Everything that was printed so far. */
  output(): string;
  ended: Promise<number | null>;
}

function run(...args: string[]): Running {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...args], {
    env: { ...process.env, CONJUR_AUTHN_API_KEY: undefined },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, output: () => output, ended };
}

async function readyUrl(running: Running): Promise<string> {
  for (;;) {
    const url = /ready at (\S+)/.exec(running.output())?.[1];
    if (url) return url;
    if (running.child.exitCode !== null) throw new Error(running.output());
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a data file', () => {
  it('of an older version is taken: its tokens of host factories work, and are not shown', async () => {
    const data = temporaryFile();
    const first = await createLocalConjur({ data });
    const before = talkTo(first, createClient(first.url));
    await before.load('- !layer all\n- !host-factory { id: hf, layers: [ !layer all ] }');
    const expiration = new Date(Date.now() + 3_600_000).toISOString();
    const [made] = (
      await before.ask('POST', '/host_factory_tokens', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ host_factory: 'default:host_factory:hf', expiration }),
      })
    ).json<{ token: string }[]>();
    await first.close();
    const file = new DatabaseSync(data);
    file.exec('ALTER TABLE host_factory_tokens DROP COLUMN token');
    file.close();
    const conjur = await startConjur({ data });
    const shown = await conjur.ask('GET', '/resources/default/host_factory/hf');
    expect(shown.json()).toMatchObject({ tokens: [] });
    const host = await conjur.ask('POST', '/host_factories/hosts', {
      as: null,
      headers: { 'content-type': 'application/json', authorization: `Token token="${made?.token}"` },
      body: JSON.stringify({ id: 'made' }),
    });
    expect(host.status).toBe(201);
  });

  it('brings everything back: policies, values, api keys and tokens', async () => {
    const data = temporaryFile();
    const first = await createLocalConjur({ data });
    const before = talkTo(first, createClient(first.url));
    await before.load(
      '- !variable v\n- !host h\n- !permit { role: !host h, privileges: [ read, execute ], resource: !variable v }\n',
    );
    await before.ask('POST', '/secrets/default/variable/v', { body: 'one' });
    await before.ask('POST', '/secrets/default/variable/v', { body: 'two' });
    const token = await before.tokenOf('host/h');
    await first.close();

    const second = await startConjur({ data });
    expect(second.conjur.adminApiKey).toBe(first.adminApiKey);
    const headers = { authorization: `Token token="${token}"` };
    const read = (path: string) => second.ask('GET', path, { as: null, headers });
    expect((await read('/secrets/default/variable/v')).text).toBe('two');
    expect((await read('/secrets/default/variable/v?version=1')).text).toBe('one');
    second.keys.set('host/h', before.keys.get('host/h') ?? '');
    expect(await second.tokenOf('host/h')).not.toBe('');
  });

  it('can be read by its owner only, because keys and values stand in it', async () => {
    const data = temporaryFile();
    await startConjur({ data });
    expect(statSync(data).mode & 0o077).toBe(0);
  });

  it('takes a new admin key when one is given', async () => {
    const data = temporaryFile();
    const first = await createLocalConjur({ data, adminApiKey: 'first-key' });
    await first.close();
    const second = await startConjur({ data, adminApiKey: 'second-key' });
    const login = (body: string) => second.ask('POST', '/authn/default/admin/authenticate', { as: null, body });
    expect((await login('first-key')).status).toBe(401);
    expect((await login('second-key')).status).toBe(200);
  });

  it('is refused for another account, with the account that it holds', async () => {
    const data = temporaryFile();
    const first = await createLocalConjur({ data, account: 'mine' });
    await first.close();
    await expect(createLocalConjur({ data, account: 'yours' })).rejects.toThrow(
      'holds the account "mine", not "yours"',
    );
    await startConjur({ data, account: 'mine' });
  });

  it('is left alone when it holds something else', async () => {
    const data = temporaryFile();
    writeFileSync(data, 'my notes, which are no database'.repeat(100), { mode: 0o644 });
    await expect(createLocalConjur({ data })).rejects.toThrow(/conjur\.db is not a data file of the local Conjur/);
    expect(readFileSync(data, 'utf8')).toContain('my notes');
    expect(statSync(data).mode & 0o777).toBe(0o644);
  });

  it('is refused to a second server in the same process', async () => {
    const data = temporaryFile();
    await startConjur({ data });
    await expect(createLocalConjur({ data })).rejects.toThrow('is in use by another local Conjur');
  });

  it('loses nothing that was answered when the process is killed in the middle of writing', {
    timeout: 60_000,
  }, async () => {
    const data = temporaryFile();
    const running = run('--data', data, '--admin-api-key', 'the-admin-key');
    const url = await readyUrl(running);
    const client = talkTo(
      { url, account: 'default', adminApiKey: 'the-admin-key', close: async () => {} },
      createClient(url),
    );
    await client.load('- !variable v\n- !variable w\n');
    const confirmed = { v: 0, w: 0 };
    const write = async (id: 'v' | 'w') => {
      for (let value = 1; ; value += 1) {
        await client.ask('POST', `/secrets/default/variable/${id}`, { body: String(value) });
        confirmed[id] = value;
      }
    };
    const writers = Promise.allSettled([write('v'), write('w')]);
    while (confirmed.v + confirmed.w < 40) await new Promise((resolve) => setTimeout(resolve, 5));
    running.child.kill('SIGKILL');
    await writers;

    const again = await startConjur({ data });
    for (const id of ['v', 'w'] as const) {
      const found = Number((await again.ask('GET', `/secrets/default/variable/${id}`)).text);
      // The write that was under way may have been carried out; one that was answered must have been.
      expect([confirmed[id], confirmed[id] + 1]).toContain(found);
    }
  });
});

describe('the command', () => {
  it('says what it is, prints the key that it made and one line when it is ready, and ends at SIGTERM', async () => {
    const running = run();
    const url = await readyUrl(running);
    const lines = running.output().trimEnd().split('\n');
    expect(lines).toEqual([
      'This is a development and test server. Keep no real secrets in it.',
      expect.stringMatching(/^Api key of the login admin: [0-9a-z]{40,}$/),
      `Local Conjur is ready at ${url} (account default, data :memory:)`,
    ]);
    const key = lines[1]?.split(' ').at(-1) ?? '';
    const send = createClient(url);
    expect((await send({ method: 'POST', path: '/authn/default/admin/authenticate', body: key })).status).toBe(200);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });

  it('starts another edition of another version, and says where its metadata services are', async () => {
    const running = run('--edition', 'saas', '--server-version', '1.27.1', '--metadata-port', '0');
    const url = await readyUrl(running);
    await vi.waitFor(() => expect(running.output()).toMatch(/^Metadata services of Azure and Google: http:\/\/127/m));
    expect(running.output()).toContain(`Local Conjur is ready at ${url} (account conjur, data :memory:)`);
    const answer = await createClient(url)({ method: 'GET', path: '/api/whoami' });
    expect(answer.status).toBe(401);
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
  });

  it('refuses a data file that another process has open, and a port that is taken, each with one line', async () => {
    const data = temporaryFile();
    const { conjur } = await startConjur({ data });
    const locked = run('--data', data);
    const taken = run('--port', new URL(conjur.url).port);
    expect(await locked.ended).toBe(1);
    expect(locked.output()).toBe(
      `conjur-local: The data file ${data} is in use by another local Conjur. Stop that one, or give --data another file.\n`,
    );
    const elsewhere = run('--data', join(data, 'nowhere', 'conjur.db'));
    expect(await elsewhere.ended).toBe(1);
    expect(elsewhere.output()).toMatch(/^conjur-local: The file \S+ cannot be opened \(\w+\)\.\n$/);
    expect(await taken.ended).toBe(1);
    expect(taken.output()).toMatch(/^conjur-local: Port \d+ on 127\.0\.0\.1 is taken\. .*\n$/);
  });
});

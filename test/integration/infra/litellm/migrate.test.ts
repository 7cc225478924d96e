import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runMigration } from '../../../../infra/litellm/migrate/run-migration.ts';
import { createLocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import { createLocalConjurAdmin, type LocalConjurAdmin } from '../../../../infra/local/stack/local-conjur-admin.ts';
import { createLocalLitellm } from '../../../../infra/local/stand-ins/litellm/create-local-litellm.ts';

const MASTER_KEY = 'sk-master-of-the-tests';
const tokenOf = (key: string): string => createHash('sha256').update(key).digest('hex');

let admin: LocalConjurAdmin;
let environment: Record<string, string>;

beforeEach(async () => {
  const conjur = await createLocalConjur({ policyLoadMs: 0 });
  onTestFinished(() => conjur.close());
  admin = await createLocalConjurAdmin(conjur);
  environment = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
});

/** As LiteLLM's class stores it: a variable in root, then its value. */
async function store(name: string, value: string): Promise<void> {
  await admin.loadPolicy(`- !variable ${JSON.stringify(name)}\n`);
  await admin.setValue(name, value);
}

async function run(
  options: Partial<Parameters<typeof runMigration>[1]> = {},
): Promise<{ status: number; text: string }> {
  const lines: string[] = [];
  const all = { apply: false, deleteOld: false, dead: false, ...options };
  const status = await runMigration(environment, all, (line) => lines.push(line));
  return { status, text: lines.join('\n') };
}

describe("moving what LiteLLM's class has stored", () => {
  beforeEach(async () => {
    await store('litellm/team-a', 'sk-a');
    await store('litellm/a//b', 'sk-canary-b');
    await store('other/x//y', 'sk-other');
    await admin.loadPolicy('- !variable litellm/without//value\n');
  });

  it('lists what is there and what it would be called, and changes nothing', async () => {
    const { status, text } = await run();
    expect(status).toBe(0);
    expect(text.split('\n').slice(0, 2)).toEqual(['moves    litellm/a//b  ->  litellm/a/b', 'stays    litellm/team-a']);
    expect(text).toContain('2 secrets below litellm/: 1 stays, 1 moves, 0 blocked, 0 failed.');
    expect(text).toContain('Nothing was changed; --apply does it.');
    expect(text).not.toContain('canary');
    expect(await admin.readValue('litellm/a/b')).toBeUndefined();
  });

  it('writes the new names on request, and says which alias LiteLLM needs', async () => {
    const { status, text } = await run({ apply: true });
    expect(status).toBe(0);
    expect(text).toContain('moved    litellm/a//b  ->  litellm/a/b  (the old one is kept)');
    expect(text).toContain('POST /key/update');
    expect([await admin.readValue('litellm/a/b'), await admin.readValue('litellm/a//b')]).toEqual([
      'sk-canary-b',
      'sk-canary-b',
    ]);
  });

  it('may be repeated, and deletes the old ones only when it is told to', async () => {
    await run({ apply: true });
    const { status, text } = await run({ apply: true, deleteOld: true });
    expect([status, text.split('\n')[0]]).toEqual([0, 'moved    litellm/a//b  ->  litellm/a/b']);
    expect([await admin.readValue('litellm/a/b'), await admin.readValue('litellm/a//b')]).toEqual([
      'sk-canary-b',
      undefined,
    ]);
    expect((await run({ apply: true, deleteOld: true })).text).toContain('2 stays, 0 moved');
  });

  it('overwrites nothing: a name that is taken by another value blocks, and the others are moved', async () => {
    await store('litellm/a/b', 'sk-of-somebody-else');
    await store('litellm/c/', 'sk-c');
    const { status, text } = await run({ apply: true, deleteOld: true });
    expect(status).toBe(1);
    expect(text).toContain('BLOCKED  litellm/a//b: "litellm/a/b" exists and has another value');
    expect(await admin.readValue('litellm/a/b')).toBe('sk-of-somebody-else');
    expect(await admin.readValue('litellm/a//b')).toBe('sk-canary-b');
    expect([await admin.readValue('litellm/c'), await admin.readValue('litellm/c/')]).toEqual(['sk-c', undefined]);
  });

  it('keeps the prefix that LiteLLM was given', async () => {
    environment = { ...environment, CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'other' };
    expect((await run()).text).toContain('moves    other/x//y  ->  other/x/y');
  });

  it('tells a failure of one from the others', async () => {
    environment = { ...environment, CYBERARK_USERNAME: 'host/reader', CYBERARK_API_KEY: await createReader() };
    const { status, text } = await run({ apply: true });
    expect(status).toBe(1);
    expect(text).toMatch(/^FAILED {3}litellm\/a\/\/b: /m);
    expect(text).toContain('stays    litellm/team-a');
    expect(text).not.toContain('canary');
  });
});

/** From now on something in front of Conjur gives a page where this secret is read. */
async function showPageFor(name: string): Promise<void> {
  const conjur = environment.CYBERARK_API_BASE;
  const server = createServer(async (request, response) => {
    const isRead = request.method === 'GET' && request.url?.endsWith(`/variable/${encodeURIComponent(name)}`);
    if (isRead && request.url?.startsWith('/secrets/'))
      return response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
    const { method = '', headers } = request;
    const body = Buffer.concat(await request.toArray());
    const answer = await fetch(`${conjur}${request.url}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': headers['content-type'] ?? '' },
      ...(body.byteLength === 0 ? {} : { body }),
    });
    const contentType = answer.headers.get('content-type');
    response.writeHead(answer.status, contentType === null ? {} : { 'content-type': contentType });
    return response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  environment = { ...environment, CYBERARK_API_BASE: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A host that may read and not write. */
async function createReader(): Promise<string> {
  const permit = (name: string): string =>
    `- !permit\n  role: !host reader\n  privileges: [ read, execute ]\n  resource: !variable ${JSON.stringify(name)}\n`;
  await admin.loadPolicy(`- !host reader\n${permit('litellm/a//b')}${permit('litellm/team-a')}`);
  return admin.rotateApiKey('reader');
}

describe('clearing away what LiteLLM no longer has', () => {
  const [first, second, third] = ['sk-first', 'sk-second', 'sk-third'] as const;
  const nameOf = (key: string): string => `litellm/virtual-key-${tokenOf(key)}`;

  /** A key without an alias that was rotated twice, as the hooks store it: each time under the token before. */
  async function startLitellm(): Promise<void> {
    const litellm = await createLocalLitellm({ masterKey: MASTER_KEY });
    onTestFinished(() => litellm.close());
    environment = { ...environment, LITELLM_API_BASE: litellm.url, LITELLM_MASTER_KEY: MASTER_KEY };
    const headers = { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' };
    const post = (path: string, body: object): Promise<Response> =>
      fetch(litellm.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    await post('/key/generate', { key: first });
    await post('/key/regenerate', { key: first, new_key: second });
    await post('/key/regenerate', { key: second, new_key: third });
  }

  beforeEach(async () => {
    await store(nameOf(first), second);
    await store(nameOf(second), third);
    await store('litellm/with-alias', 'sk-deleted-by-hand');
  });

  it('lists the dead by their value, not by their name, and changes nothing', async () => {
    await startLitellm();
    const { status, text } = await run({ dead: true });
    expect(status).toBe(0);
    expect(text).toContain(`dead     ${nameOf(first)}`);
    expect(text).toContain(`live     ${nameOf(second)}`);
    expect(text).toContain('2 secrets below litellm/: 1 live, 1 dead, 0 failed.');
    expect(await admin.readValue(nameOf(first))).toBe(second);
  });

  it('deletes the dead on request, and never what has an alias', async () => {
    await startLitellm();
    expect((await run({ dead: true, apply: true })).status).toBe(0);
    expect([
      await admin.readValue(nameOf(first)),
      await admin.readValue(nameOf(second)),
      await admin.readValue('litellm/with-alias'),
    ]).toEqual([undefined, third, 'sk-deleted-by-hand']);
  });

  it('deletes nothing on the word of a LiteLLM that knows none of the keys', async () => {
    const other = await createLocalLitellm({ masterKey: MASTER_KEY });
    onTestFinished(() => other.close());
    environment = { ...environment, LITELLM_API_BASE: other.url, LITELLM_MASTER_KEY: MASTER_KEY };
    await expect(run({ dead: true, apply: true })).rejects.toThrow('LITELLM_API_BASE');
    expect(await admin.readValue(nameOf(first))).toBe(second);
  });

  it('takes no page in front of Conjur for a dead key', async () => {
    await startLitellm();
    await store('litellm/alive', third);
    await showPageFor(nameOf(second));
    const { status, text } = await run({ dead: true, apply: true });
    expect(status).toBe(1);
    expect(text).toContain(`FAILED   ${nameOf(second)}: The answer while reading`);
    expect(await admin.readValue(nameOf(second))).toBe(third);
  });

  it('asks for a LiteLLM', async () => {
    await expect(run({ dead: true })).rejects.toThrow('LITELLM_API_BASE is missing');
  });
});

it('is a command that changes nothing by default and refuses flags that do not go together', async () => {
  const main = fileURLToPath(new URL('../../../../infra/litellm/migrate/main.ts', import.meta.url));
  const start = async (...args: string[]) => {
    const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...environment } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    const [status] = await once(child, 'close');
    return { status, output };
  };
  await store('litellm/a//b', 'sk-b');
  expect(await start()).toEqual({ status: 0, output: expect.stringContaining('1 secret below litellm/') });
  expect(await start('--delete-old')).toEqual({ status: 2, output: expect.stringContaining('--apply') });
  expect(await start('--apply', '--dead', '--delete-old')).toMatchObject({ status: 2 });
  expect(await admin.readValue('litellm/a/b')).toBeUndefined();
});

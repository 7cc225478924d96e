import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  conjurCommands,
  functionCommands,
  invokeCommand,
  rotationCommands,
  secretsManagerRotationCommand,
} from '../../infra/local/stack/format-commands.ts';
import { CREDENTIAL_NAME } from '../../infra/local/stack/stand-in-names.ts';
import { startTarget, type Target } from './start-target.ts';

let target: Target;
/** A Conjur that is used again still has the variables of the last run. */
const isSaas = process.env.E2E_EDITION === 'saas';
const branch = `${isSaas ? 'data/' : ''}e2e/${randomUUID().slice(0, 8)}`;
const isLocal = process.env.E2E_BASE === undefined;
/** The local stack has the identities of a deployment; elsewhere the functions are whoever was named. */
const LOGIN = isLocal ? 'host/conjur-functions/read-secret/blue' : 'admin';

beforeAll(async () => {
  target = await startTarget();
}, 90_000);

afterAll(async () => {
  await target?.close();
});

const pathOf = (name: string): string => name.split('/').map(encodeURIComponent).join('/');

function put(name: string, value: string | Uint8Array, contentType = 'text/plain'): Promise<Response> {
  return fetch(`${target.apiUrl}/secrets/${pathOf(name)}`, {
    method: 'PUT',
    body: value,
    headers: { 'content-type': contentType },
  });
}

function get(name: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${target.apiUrl}/secrets/${pathOf(name)}`, { headers });
}

async function token(): Promise<string> {
  const url = `${target.conjurUrl}/authn/${target.account}/admin/authenticate`;
  const response = await fetch(url, {
    method: 'POST',
    body: target.adminApiKey,
    headers: { 'accept-encoding': 'base64' },
  });
  return `Token token="${await response.text()}"`;
}

/** Before 1.22 Conjur made a version of a value that was there already. The status page names the version. */
async function makesVersionOfSameValue(): Promise<boolean> {
  if (isSaas) return false;
  const response = await fetch(`${target.conjurUrl}/`, { headers: { accept: 'application/json' } });
  const [, minor] = /^1\.(\d+)\./.exec(((await response.json()) as { version: string }).version) ?? [];
  return minor !== undefined && Number(minor) < 22;
}

/** How often policy was loaded where new variables go: Conjur counts it. */
async function policyVersion(): Promise<number> {
  const url = `${target.conjurUrl}/resources/${target.account}/policy/${isSaas ? 'data' : 'root'}`;
  const response = await fetch(url, { headers: { authorization: await token() } });
  const { policy_versions: versions } = (await response.json()) as { policy_versions: { version: number }[] };
  return Math.max(...versions.map(({ version }) => version));
}

describe('over HTTP', () => {
  it('makes a variable that Conjur never saw, gives it back, and writes its next version', async () => {
    const name = `${branch}/first-key`;

    const created = await put(name, 'one');
    expect(created.status).toBe(201);
    expect(await created.json()).toEqual({ name, created: true, changed: true, version: 1 });

    const listed = await fetch(`${target.conjurUrl}/resources/${target.account}/variable?search=first-key&limit=1000`, {
      headers: { authorization: await token() },
    });
    expect(((await listed.json()) as { id: string }[]).map(({ id }) => id)).toContain(
      `${target.account}:variable:${name}`,
    );

    const read = await get(name);
    expect(read.status).toBe(200);
    expect(read.headers.get('cache-control')).toBe('no-store');
    expect(await read.json()).toEqual({ name, value: 'one', encoding: 'utf-8' });

    const second = await put(name, 'two');
    expect(second.status).toBe(200);
    expect(await second.json()).toEqual({ name, created: false, changed: true, version: 2 });

    const same = await put(name, 'two');
    const changed = await makesVersionOfSameValue();
    expect(await same.json()).toEqual({ name, created: false, changed, version: changed ? 3 : 2 });
    const older = await fetch(`${target.apiUrl}/secrets/${pathOf(name)}?version=1`);
    expect(await older.json()).toMatchObject({ value: 'one' });
  });

  it('stores 50 new names that are written at once, and loads policy far less often', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `${branch}/at-once/${index}`);
    const before = await policyVersion();
    const answers = await Promise.all(names.map((name) => put(name, `value of ${name}`)));
    const loads = (await policyVersion()) - before;
    console.log(`50 new names were defined by ${loads} policy loads`);
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 201));
    const query = names.map((name) => `name=${encodeURIComponent(name)}`).join('&');
    const read = (await (await fetch(`${target.apiUrl}/secrets?${query}`)).json()) as { secrets: { value: string }[] };
    expect(read.secrets.map(({ value }) => value)).toEqual(names.map((name) => `value of ${name}`));
    expect(loads).toBeGreaterThan(0);
    expect(loads).toBeLessThanOrEqual(25);
  });

  it('keeps bytes that are no text', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await put(`${branch}/bytes`, bytes, 'application/octet-stream');

    const json = (await (await get(`${branch}/bytes`)).json()) as { value: string; encoding: string };
    expect(json.encoding).toBe('base64');
    expect(Buffer.from(json.value, 'base64').equals(Buffer.from(bytes))).toBe(true);

    const raw = await get(`${branch}/bytes`, { accept: 'application/octet-stream' });
    expect(raw.headers.get('content-type')).toBe('application/octet-stream');
    expect(Buffer.from(await raw.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  });

  it.each(['a b', 'a%b', 'a%20b', 'a+b', 'a?b', 'a#b', 'a:b', 'a&b=c', 'ключ/鍵', 'my..key'])(
    'keeps the name %j',
    async (odd) => {
      const name = `${branch}/names/${odd}`;
      expect((await put(name, `value of ${odd}`)).status).toBe(201);
      expect(await (await get(name)).json()).toEqual({ name, value: `value of ${odd}`, encoding: 'utf-8' });
    },
  );

  it('takes a JSON body, and reads many names with an error for each that is bad', async () => {
    const json = JSON.stringify({
      value: Buffer.from([255, 0]).toString('base64'),
      encoding: 'base64',
      annotations: { team: 'pay' },
    });
    expect((await put(`${branch}/json`, json, 'application/json')).status).toBe(201);
    await put(`${branch}/a,comma`, 'with a comma');

    const query = new URLSearchParams(
      [`${branch}/json`, `${branch}/ghost`, `${branch}/a,comma`, 'a//b'].map((name): [string, string] => [
        'name',
        name,
      ]),
    );
    const answer = await fetch(`${target.apiUrl}/secrets?${query}`);
    expect(answer.status).toBe(200);
    const { secrets, errors } = (await answer.json()) as {
      secrets: unknown[];
      errors: { name: string; code: string }[];
    };
    expect(secrets).toEqual([
      { name: `${branch}/json`, value: '/wA=', encoding: 'base64' },
      { name: `${branch}/a,comma`, value: 'with a comma', encoding: 'utf-8' },
    ]);
    expect(errors.map(({ name, code }) => [name, code])).toEqual([
      [`${branch}/ghost`, 'secret_not_found'],
      ['a//b', 'invalid_request'],
    ]);
  });

  it('lists what this identity may see, page by page, without values', async () => {
    await put(`${branch}/page/1`, 'x');
    await put(`${branch}/page/2`, 'x');
    await put(`${branch}/page/3`, 'x');
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = new URLSearchParams({ limit: '2', search: `${branch}/page`, ...(cursor === '' ? {} : { cursor }) });
      const page = (await (await fetch(`${target.apiUrl}/secrets?${query}`)).json()) as {
        secrets: { name: string; version: number | null }[];
        cursor: string | null;
      };
      expect(page.secrets.length).toBeLessThanOrEqual(2);
      expect(JSON.stringify(page)).not.toContain('"value"');
      names.push(...page.secrets.map(({ name }) => name));
      cursor = page.cursor;
    }
    expect(names).toEqual(expect.arrayContaining([`${branch}/page/1`, `${branch}/page/2`, `${branch}/page/3`]));
  });

  it('is described by a page on which every call can be tried', async () => {
    const document = await fetch(`${target.apiUrl}/openapi.json`);
    expect(await document.json()).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
  });

  it('gives each request an id of its own, as API Gateway does', async () => {
    const idOf = async (headers: Record<string, string>): Promise<string | null> =>
      (await fetch(`${target.apiUrl}/health`, { headers })).headers.get('x-correlation-id');
    const [first, second] = [await idOf({}), await idOf({})];
    expect(first).toMatch(/^[A-Za-z0-9+/]{15}=$/);
    expect(second).not.toBe(first);
    expect(await idOf({ 'x-correlation-id': 'of-my-own' })).toBe('of-my-own');
    expect(target.lines.join('\n')).toContain(`"correlationId":"${first}"`);
  });

  it("ends an answer with a newline for curl, and only JSON, and nobody else's", async () => {
    await put(`${branch}/newline`, 'as it is');
    const read = async (headers: Record<string, string>): Promise<string> =>
      (await get(`${branch}/newline`, headers)).text();
    expect(await read({ 'user-agent': 'curl/8.5.0' })).toMatch(/\}\n$/);
    expect(await read({ 'user-agent': 'curl/8.5.0', accept: 'application/octet-stream' })).toBe('as it is');
    expect(await read({})).toMatch(/\}$/);
    const missing = await get(`${branch}/no-such`, { 'user-agent': 'curl/8.5.0' });
    expect(missing.headers.get('content-type')).toContain('problem+json');
    expect(await missing.text()).toMatch(/\}\n$/);
  });

  it.each([
    ['host', 'attacker.example'],
    ['origin', 'https://attacker.example'],
  ])('serves no page of another site, which its %s gives away', async (header, value) => {
    // By node:http: fetch sets both headers itself.
    const statusOf = (url: string, method: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(url, { method, headers: { [header]: value } }, (reply) => {
          reply.resume();
          resolve(reply.statusCode);
        });
        sent.once('error', reject).end(method === 'POST' ? '{"health":true}' : undefined);
      });
    const invocation = `${target.lambdaUrl}/2015-03-31/functions/conjur-functions-dev-read-secret/invocations`;
    expect(await statusOf(`${target.apiUrl}/health`, 'GET')).toBe(403);
    expect(await statusOf(`${target.apiUrl}/health`, 'OPTIONS')).toBe(403);
    expect(await statusOf(invocation, 'POST')).toBe(403);
    expect(await statusOf(target.apiUrl, 'GET')).toBe(403);
  });

  it('says who it is', async () => {
    const health = await fetch(`${target.apiUrl}/health`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({
      ok: true,
      account: target.account,
      login: LOGIN,
      token_age_seconds: expect.any(Number),
    });
  });

  it('rotates to a random and to a supplied value', async () => {
    const name = `${branch}/rotated`;
    await put(name, 'old');
    const rotate = (body: object): Promise<Response> =>
      fetch(`${target.apiUrl}/rotations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name, ...body }),
      });

    const random = await rotate({ strategy: 'random', length: 40, prefix: 'sk-' });
    expect(random.status).toBe(200);
    expect(await random.json()).toEqual({ name, strategy: 'random', version: 2, rotated_at: expect.any(String) });
    expect(((await (await get(name)).json()) as { value: string }).value).toMatch(/^sk-[A-Za-z0-9]{40}$/);

    const supplied = await rotate({ strategy: 'supplied', new_value: 'brought along', return_value: true });
    expect(await supplied.json()).toMatchObject({ version: 3, value: 'brought along' });
    expect(await (await get(name)).json()).toMatchObject({ value: 'brought along' });
  });

  it.each([
    ['an unknown secret', 'GET', 'secrets/no/such', undefined, 404, 'secret_not_found'],
    ['a name with an empty segment', 'GET', 'secrets/a%2F%2Fb', undefined, 400, 'invalid_request'],
    ['a body that is no JSON', 'PUT', 'secrets/x', '{"value":', 400, 'invalid_request'],
    ['a field that is not of this call', 'PUT', 'secrets/x', '{"value":"a","vlaue":"b"}', 400, 'invalid_request'],
    ['an empty value', 'PUT', 'secrets/x', '{"value":""}', 400, 'invalid_request'],
    ['a list without entries', 'POST', 'secrets', '{"secrets":[]}', 400, 'invalid_request'],
    ['a strategy that is none', 'POST', 'rotations', '{"name":"x","strategy":"magic"}', 400, 'invalid_request'],
  ])('answers %s with a problem that has a code', async (_, method, path, body, status, code) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${target.apiUrl}/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status,
      code,
      detail: expect.stringMatching(/\.$/),
      title: expect.any(String),
    });
  });
});

describe('by direct invocation', () => {
  async function invoke(
    name: string,
    payload: object,
  ): Promise<{ fault: string | undefined; answer: Record<string, unknown> }> {
    const lambda = new LambdaClient({
      endpoint: target.lambdaUrl,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const { FunctionError: fault, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName: `conjur-functions-dev-${name}`, Payload: JSON.stringify(payload) }),
    );
    return { fault, answer: JSON.parse(Payload?.transformToString() ?? 'null') };
  }

  it('writes, reads, lists and rotates', async () => {
    const name = `${branch}/direct`;
    expect((await invoke('write-secret', { name, value: 'one' })).answer).toEqual({
      name,
      created: true,
      changed: true,
      version: 1,
    });
    expect((await invoke('read-secret', { name })).answer).toEqual({ name, value: 'one', encoding: 'utf-8' });
    expect((await invoke('read-secret', { names: [name, 'no/such'] })).answer).toMatchObject({
      secrets: [{ name, value: 'one' }],
      errors: [{ name: 'no/such', code: 'secret_not_found' }],
    });
    expect((await invoke('read-secret', { list: { search: branch, limit: 1000 } })).answer.secrets).toEqual(
      expect.arrayContaining([expect.objectContaining({ name, version: 1 })]),
    );
    expect((await invoke('rotate-key', { name, strategy: 'random' })).answer).toMatchObject({
      name,
      strategy: 'random',
      version: 2,
    });
    expect((await invoke('read-secret', { health: true })).answer).toMatchObject({ ok: true, login: LOGIN });
  });

  it('writes many at once and says which failed', async () => {
    const secrets = [1, 2, 3].map((index) => ({ name: `${branch}/many/${index}`, value: `v${index}` }));
    const { answer } = await invoke('write-secret', { secrets: [...secrets, { name: 'a//b', value: 'x' }] });
    expect(answer).toMatchObject({
      secrets: secrets.map(({ name }) => ({ name, created: true })),
      errors: [{ name: 'a//b', code: 'invalid_request' }],
    });
  });

  it('throws an error that is named after its code', async () => {
    const { fault, answer } = await invoke('read-secret', { name: 'no/such' });
    expect(fault).toBeDefined();
    expect(answer.errorType).toBe('SecretNotFound');
    expect(answer.errorMessage).toContain('"no/such"');
  });
});

describe.runIf(isLocal)('the commands that npm start prints', () => {
  const sh = async (command: string): Promise<string> =>
    (await promisify(exec)(command, { shell: '/bin/bash' })).stdout;

  it('work as they stand: write, read, list, rotate, read again', async () => {
    const [write, read, list, rotate, again] = functionCommands(target.apiUrl) as [
      string,
      string,
      string,
      string,
      string,
    ];
    expect(JSON.parse(await sh(write))).toMatchObject({ name: 'litellm/first-key', version: 1 });
    expect(JSON.parse(await sh(read))).toMatchObject({ value: 'sk-my-first-key' });
    expect(await sh(list)).toContain('litellm/first-key');
    expect(JSON.parse(await sh(rotate))).toMatchObject({ strategy: 'random', version: 2 });
    expect(JSON.parse(await sh(again)).value).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('tell whoever forgets the content type that curl sends one of its own, and store nothing', async () => {
    const [write = ''] = functionCommands(target.apiUrl);
    const trapped = write.replace(/ -H '[^']*'/, '').replace('first-key', 'trapped');
    expect(JSON.parse(await sh(trapped))).toMatchObject({
      code: 'invalid_request',
      detail: expect.stringContaining('content-type: application/json'),
    });
    expect((await get('litellm/trapped')).status).toBe(404);
  });

  const hasAwsCli = async (): Promise<boolean> => {
    const found = await sh('aws --version').then(
      () => true,
      () => false,
    );
    if (!found) console.warn('NOT RUN: the AWS CLI is not on this machine, so its command was not tried.');
    return found;
  };

  it('invoke a function by the AWS CLI, where there is one', async ({ skip }) => {
    if (!(await hasAwsCli())) skip();
    expect(invokeCommand(target)).toMatch(/^ANSWER=\$\(mktemp\) && .*; rm -f "\$ANSWER"$/);
    expect(await sh(invokeCommand(target))).toMatch(/"name":"litellm\/first-key","value":"[A-Za-z0-9]{32}"/);
  });

  it('rotate in the other ways: supplied, a virtual key, the api key of the other host', async () => {
    const [supplied, virtualKey, apiKey] = rotationCommands(target.apiUrl) as [string, string, string];
    expect(JSON.parse(await sh(supplied))).toMatchObject({ name: 'litellm/first-key', strategy: 'supplied' });
    expect(JSON.parse(await sh(virtualKey))).toMatchObject({
      name: 'litellm/demo-key',
      strategy: 'litellm-virtual-key',
    });
    expect(JSON.parse(await sh(apiKey))).toMatchObject({ strategy: 'conjur-api-key' });
    expect(JSON.parse(await sh(apiKey))).toMatchObject({ strategy: 'conjur-api-key' });
  });

  it('have Secrets Manager rotate that key, where there is the AWS CLI', async ({ skip }) => {
    if (!(await hasAwsCli())) skip();
    const url = target.secretsManagerUrl ?? '';
    const { VersionId: version } = JSON.parse(await sh(secretsManagerRotationCommand(url, target.region))) as {
      VersionId: string;
    };
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new SecretsManagerClient({ endpoint: url, region: target.region, credentials });
    const describe = new DescribeSecretCommand({ SecretId: CREDENTIAL_NAME });
    await expect
      .poll(async () => (await client.send(describe)).VersionIdsToStages?.[version], { timeout: 20_000 })
      .toContain('AWSCURRENT');
    client.destroy();
  });

  it('work against Conjur itself: authenticate, read, write', async () => {
    const [key, authenticate, read, write] = conjurCommands(target.conjurUrl, target.account, target.adminApiKey) as [
      string,
      string,
      string,
      string,
    ];
    const value = await sh([key, authenticate, read, write, read].join('\n'));
    expect(value).toBe('hello from Conjura new value');
  });
});

describe.runIf(isLocal)('the log of a rotation', () => {
  it.each([
    ['a virtual key', { name: 'litellm/demo-key', strategy: 'litellm-virtual-key' }, { name: 'litellm/demo-key' }],
    ['an api key', { secret_id: CREDENTIAL_NAME, strategy: 'conjur-api-key' }, { secretId: CREDENTIAL_NAME }],
  ])('of %s names what is rotated in each step, and the call', async (_, call, named) => {
    const correlationId = randomUUID();
    const headers = { 'content-type': 'application/json', 'x-correlation-id': correlationId };
    const answer = await fetch(`${target.apiUrl}/rotations`, { method: 'POST', headers, body: JSON.stringify(call) });
    expect(answer.status).toBe(200);
    const ofThisCall = (): Record<string, unknown>[] =>
      target.lines.filter((line) => line.includes(correlationId)).map((line) => JSON.parse(line));
    await expect.poll(() => ofThisCall().at(-1)).toMatchObject({ call: 'rotate', outcome: 'ok', ...named });
    const steps = ofThisCall().filter(({ message }) => message === 'rotation step');
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) expect(step).toMatchObject({ level: 'INFO', strategy: call.strategy, ...named });
  });

  it('is JSON in every line of the functions, with level and time', () => {
    // The rest is what runs the functions here: `POST /rotations (λ: rotate-key)`.
    const lines = target.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.some((line) => 'RotationSucceeded' in line)).toBe(true);
    for (const line of lines) {
      expect(line).toMatchObject({ level: expect.stringMatching(/^[A-Z]+$/), message: expect.any(String) });
      expect(new Date(line.timestamp).toISOString()).toBe(line.timestamp);
    }
  });
});

it('prints no value, and a line for each call', () => {
  const printed = target.lines.join('\n');
  expect(printed).toContain('"call":"write"');
  for (const value of ['sk-my-first-key', 'brought along', 'value of a', 'with a comma', target.adminApiKey])
    expect(printed).not.toContain(value);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLitellmApi } from '../../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { Deadline, systemClock } from '../../../lib/clock.ts';
import { isConjurError } from '../../../lib/errors.ts';
import { createDispatchers } from '../../../lib/http/dispatchers.ts';
import { createTransport } from '../../../lib/http/transport.ts';
import { Secret } from '../../../lib/secret.ts';
import { startHttpProxy } from '../lib/http/start-http-proxy.ts';
import { type Answer, HOSTILITIES, type HostileServer, startHostileServer, TOKEN } from './hostile-server.ts';

/** No name server knows this host. */
const HOST = 'conjur.invalid';

let server: HostileServer;
let follower: HostileServer;

beforeAll(async () => {
  [server, follower] = await Promise.all([startHostileServer(), startHostileServer()]);
});

afterAll(() => Promise.all([server.close(), follower.close()]));

interface Operation {
  /** What a genuine server answers. */
  readonly right: Answer;
  readonly call: (conjur: ConjurClient) => Promise<unknown>;
  /** What the call gives then. */
  readonly result: unknown;
  /** The answer's bytes are the value itself, so that no JSON can be another shape. */
  readonly anyBytes?: boolean;
}

const json = (body: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
const VARIABLE = { id: 'default:variable:a', owner: 'default:policy:root', annotations: [], secrets: [{ version: 3 }] };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const KEY = '1a2b3c4d5e6f7g8h9i0j1a2b3c4d5e6f7g8h9i0j1a2b3c4d5e6f7';

const OPERATIONS: Readonly<Record<string, Operation>> = {
  readSecret: {
    right: { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: 'correct-horse-42' },
    call: async (conjur) => (await conjur.readSecret('a')).value.expose(),
    result: 'correct-horse-42',
    anyBytes: true,
  },
  readSecrets: {
    right: {
      ...json({ 'default:variable:a': base64('correct-horse-42'), 'default:variable:b': base64('b') }),
      headers: { 'content-type': 'application/json', 'content-encoding': 'base64' },
    },
    async call(conjur) {
      const { items, errors } = await conjur.readSecrets(['a', 'b']);
      if (items.length === 0 && errors[0] !== undefined) throw errors[0].error;
      return [...items.map(({ value }) => value.expose()), ...errors.map(({ error }) => error.code)];
    },
    result: ['correct-horse-42', 'b'],
  },
  writeSecret: {
    right: { status: 201, headers: { 'content-type': 'text/html' }, body: '' },
    call: (conjur) => conjur.writeSecret('a', 'v', { reportVersion: false }),
    result: { name: 'a', created: false, changed: undefined, version: undefined },
  },
  showVariable: {
    right: json(VARIABLE),
    call: async (conjur) => (await conjur.showVariable('a'))?.version,
    result: 3,
  },
  listVariables: {
    right: json([VARIABLE]),
    call: async (conjur) => (await conjur.listVariables()).variables.map(({ name }) => name),
    result: ['a'],
  },
  whoami: {
    right: json({ account: 'default', username: 'admin' }),
    call: async (conjur) => (await conjur.whoami()).login,
    result: 'admin',
  },
  isPermitted: { right: { status: 204, body: '' }, call: (conjur) => conjur.isPermitted('a', 'read'), result: true },
  loadPolicy: {
    right: json({ created_roles: {}, version: 4 }, 201),
    call: async (conjur) => (await conjur.loadPolicy('root', '- !group a')).version,
    result: 4,
  },
  rotateApiKeyOf: {
    right: { status: 200, headers: { 'content-type': 'text/plain' }, body: KEY },
    call: async (conjur) => (await conjur.rotateApiKeyOf('host:a')).expose(),
    result: KEY,
  },
  lastRotation: {
    right: json({ role: 'default:host:a', timestamp: '2026-01-01T00:00:00Z' }),
    call: async (conjur) => (await conjur.lastRotation('host:a')).role,
    result: 'default:host:a',
  },
};

/** `empty 404` is text of somebody else's, and so no word of Conjur's that something is not there. */
const NEVER = new Set(['secret_not_found', 'internal']);

async function outcomeOf(operation: Operation, readBaseUrls: readonly string[] = []): Promise<unknown> {
  const conjur = createConjurClient({
    baseUrl: server.url,
    readBaseUrls,
    auth: { type: 'api-key', apiKey: 'key' },
    maxAttempts: 1,
    timeoutMs: 5_000,
  });
  try {
    return await operation.call(conjur);
  } catch (error) {
    return error;
  } finally {
    await conjur.close();
  }
}

const CELLS = Object.entries(OPERATIONS).flatMap(([name, operation]) =>
  Object.entries(HOSTILITIES).map(([hostility, spoil]) => [name, hostility, operation, spoil] as const),
);

describe(`a hostile server (${CELLS.length} cells of Conjur's operations)`, () => {
  it.each(CELLS)(
    '%s, answered by %s, gives the right value or an error with a code',
    async (_, hostility, operation, spoil) => {
      const spoilt = spoil(operation.right);
      server.answer = () => spoilt;
      const outcome = await outcomeOf(operation);
      if (isConjurError(outcome)) {
        expect(NEVER).not.toContain(outcome.code);
        expect(outcome.message).not.toContain('sesame');
        return;
      }
      const isRight =
        hostility === 'a coding that nobody asked for' ||
        // Whatever a server writes behind a 204, nothing of it is on the wire.
        (spoilt.status === 204 && operation.right.status === 204) ||
        (spoilt.status === operation.right.status && spoilt.body === operation.right.body);
      const bytes = operation.anyBytes && spoilt.status === 200 ? spoilt.body.toString() : undefined;
      expect(outcome).toEqual(bytes === undefined || isRight ? operation.result : bytes);
      expect(isRight || bytes !== undefined).toBe(true);
    },
  );

  it.each(Object.entries(OPERATIONS))('%s gives the right value where the answer is right', async (_, operation) => {
    server.answer = () => operation.right;
    expect(await outcomeOf(operation)).toEqual(operation.result);
  });

  it('a batch whose coding header was lost on the way, with the coding itself, is read as it came', async () => {
    server.answer = () => json({ 'default:variable:a': 'correct-horse-42', 'default:variable:b': 'b' });
    expect(await outcomeOf(OPERATIONS.readSecrets as Operation)).toEqual(['correct-horse-42', 'b']);
  });

  it.each(['correct-horse-42', 'Y29ycmVjdA', 'Y29ycmVjdA==\u00e9', '{"a":1}', 'Y29y cmVjdA=='])(
    'a batch that says base64 and is none (%s) is no value, and is not decoded as far as it goes',
    async (value) => {
      const body = JSON.stringify({ 'default:variable:a': value, 'default:variable:b': base64('b') });
      server.answer = () => ({ ...(OPERATIONS.readSecrets as Operation).right, body });
      expect(await outcomeOf(OPERATIONS.readSecrets as Operation)).toMatchObject({ code: 'upstream_error' });
    },
  );

  it.each(['page with 200', 'empty 200'])('a value that is a %s is none', async (hostility) => {
    const spoilt = HOSTILITIES[hostility]?.((OPERATIONS.readSecret as Operation).right) as Answer;
    server.answer = () => spoilt;
    expect(await outcomeOf(OPERATIONS.readSecret as Operation)).toMatchObject({ code: 'upstream_error' });
  });

  it('a value that is a page is one where its variable says so', async () => {
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    const annotations = [{ name: 'conjur/mime_type', value: headers['content-type'] }];
    server.answer = ({ path }) =>
      path.startsWith('/resources/')
        ? json({ ...VARIABLE, annotations })
        : { status: 200, headers, body: '<!DOCTYPE html><p>a template</p>' };
    expect(await outcomeOf(OPERATIONS.readSecret as Operation)).toBe('<!DOCTYPE html><p>a template</p>');
  });

  it('an empty text in a batch is no value: Conjur stores none', async () => {
    const body = JSON.stringify({ 'default:variable:a': '', 'default:variable:b': base64('b') });
    server.answer = () => ({ ...(OPERATIONS.readSecrets as Operation).right, body });
    expect(await outcomeOf(OPERATIONS.readSecrets as Operation)).toMatchObject({ code: 'upstream_error' });
  });

  it.each(['directly', 'through an http proxy'])('ten megabytes are not taken %s', async (way) => {
    const proxy = way === 'directly' ? undefined : await startHttpProxy({ [HOST]: Number(new URL(server.url).port) });
    server.answer = () => ({ status: 200, body: Buffer.alloc(10_000_000, 32) });
    const conjur = createConjurClient({
      baseUrl: proxy === undefined ? server.url : `http://${HOST}`,
      auth: { type: 'api-key', apiKey: 'key' },
      maxAttempts: 1,
      proxy: { http: proxy && `http://127.0.0.1:${proxy.port}` },
    });
    const outcome = await conjur.readSecret('a').catch((error: unknown) => error);
    await conjur.close();
    expect(outcome).toMatchObject({ code: 'upstream_error', message: expect.stringContaining('8388608 bytes') });
  });

  it.each(['readSecret', 'readSecrets', 'listVariables', 'whoami'])(
    '%s is settled at the leader where a follower says 401',
    async (name) => {
      const operation = OPERATIONS[name] as Operation;
      follower.answer = () => ({
        status: 401,
        headers: { 'content-type': 'text/plain' },
        body: 'Unauthorized: Invalid token',
      });
      server.answer = () => operation.right;
      expect(await outcomeOf(operation, [follower.url])).toEqual(operation.result);
    },
  );

  it.each(Object.entries(HOSTILITIES))(
    'a login that is answered by %s is no success, and no refused key',
    async (hostility, spoil) => {
      server.login = () => spoil(TOKEN);
      server.answer = () => (OPERATIONS.whoami as Operation).right;
      const outcome = await outcomeOf(OPERATIONS.whoami as Operation);
      server.login = () => TOKEN;
      if (hostility === 'a coding that nobody asked for') return expect(outcome).toBe('admin');
      expect(outcome).toMatchObject({ code: 'upstream_error' });
      expect(String(outcome)).not.toContain('sesame');
    },
  );
});

describe('the same in front of LiteLLM', () => {
  const key = Secret.of('sk-old');
  const newKey = Secret.of('sk-new');
  const info = json({ key: 'x', info: {} });
  type Api = ReturnType<typeof createLitellmApi>;
  const calls: Readonly<Record<string, { right: Answer; call: (api: Api, deadline: Deadline) => Promise<unknown> }>> = {
    isCurrent: { right: info, call: (api, deadline) => api.isCurrent(key, deadline) },
    isAccepted: { right: info, call: (api, deadline) => api.isAccepted(key, deadline) },
    regenerate: {
      right: json({ key: 'sk-new' }),
      call: (api, deadline) =>
        api.regenerate({ oldKey: key, newKey, gracePeriod: '1h', duration: undefined }, deadline),
    },
  };
  const cells = Object.entries(calls).flatMap(([name, { right, call }]) =>
    Object.entries(HOSTILITIES).map(([hostility, spoil]) => [name, hostility, spoil(right), call] as const),
  );

  it.each(cells)('%s, answered by %s, is never believed', async (_, hostility, answer, call) => {
    server.answer = () => answer;
    const dispatchers = createDispatchers({
      tls: { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined },
      proxy: undefined,
      timeoutMs: 5_000,
    });
    const send = createTransport({
      dispatchers,
      baseUrl: new URL(server.url),
      readBaseUrls: [],
      timeoutMs: 5_000,
      maxAttempts: 1,
      clock: systemClock,
      random: Math.random,
    });
    const api = createLitellmApi(send, Secret.of('sk-master'));
    const outcome = await call(api, new Deadline(systemClock, 10_000)).catch((error: unknown) => error);
    await dispatchers.close();
    if (hostility === 'a coding that nobody asked for') return expect(isConjurError(outcome)).toBe(false);
    expect(outcome).toMatchObject({ code: 'upstream_error' });
  });
});

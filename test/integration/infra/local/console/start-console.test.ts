import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { type CallLog, createCallLog } from '../../../../../infra/local/console/call-log.ts';
import { type Console, startConsole } from '../../../../../infra/local/console/start-console.ts';
import { serveBundles } from '../../../../support/serve-bundles.ts';
import { type LoopbackServer, serveOnLoopback } from '../../../../support/serve-on-loopback.ts';

const FACTS = {
  account: 'default',
  lambdaUrl: 'http://127.0.0.1:3002',
  conjurUrl: 'http://127.0.0.1:8080',
  secretsManagerUrl: undefined,
  litellmUrl: undefined,
  credentials: [],
};

let conjur: LocalConjur;
let api: LoopbackServer;
let log: CallLog;
let running: Console;

beforeAll(async () => {
  conjur = await createLocalConjur();
  api = await serveBundles({ CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey });
  log = createCallLog();
  running = await startConsole({ port: 0, apiUrl: api.url, log, facts: FACTS, now: () => 0 });
});

afterAll(async () => {
  await running.close();
  await api[Symbol.asyncDispose]();
  await conjur.close();
});

const get = (path: string): Promise<Response> => fetch(running.url + path);
const put = (path: string, value: string): Promise<Response> =>
  fetch(running.url + path, {
    method: 'PUT',
    body: JSON.stringify({ value }),
    headers: { 'content-type': 'application/json' },
  });

/** By node:http: fetch sets these headers itself. */
function statusOf(path: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(running.url + path, { headers }, (reply) => resolve(reply.resume().statusCode))
      .once('error', reject)
      .end();
  });
}

describe('the console', () => {
  it('serves its page, its script and its style, which load nothing from elsewhere', async () => {
    const page = await get('/');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const parts = [...(await page.text()).matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, path = '']) => path);
    expect(parts).toEqual(['/console/icon.svg', '/console/style.css', '/console/main.js']);
    for (const path of parts) expect((await get(path)).status, path).toBe(200);
  });

  it('passes all other calls on to the functions', async () => {
    expect(await (await get('/health')).json()).toMatchObject({ ok: true, login: 'admin' });
    expect(await (await get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.1' });
  });

  it.each([
    ['under the name of another host', '/', { host: 'attacker.example' }],
    ['from a page of another site', '/health', { origin: 'https://attacker.example' }],
    ['as a picture in a page of another site', '/secrets/a', { 'sec-fetch-site': 'cross-site' }],
    [
      'as a frame in a page of another site',
      '/',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    ],
    ['for the log, in a page of another site', '/console/log', { 'sec-fetch-site': 'cross-site' }],
  ])('turns away who comes %s', async (_, path, headers) => {
    expect(await statusOf(path, headers)).toBe(403);
  });

  it.each([
    [
      'a link of another site',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    ],
    [
      'a page that is developed on this machine',
      { origin: 'http://localhost:5173', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    ],
  ])('serves %s', async (_, headers) => {
    expect(await statusOf('/', headers)).toBe(200);
    expect(await statusOf('/health', headers)).toBe(200);
  });

  it('says so where the functions do not answer', async () => {
    const orphan = await startConsole({ port: 0, apiUrl: 'http://127.0.0.1:1', log, facts: FACTS });
    try {
      expect((await fetch(`${orphan.url}/health`)).status).toBe(502);
    } finally {
      await orphan.close();
    }
  });

  it('keeps its connection to the functions, but for a call that was broken off', async () => {
    const connections = new Set<Socket>();
    const asked = Promise.withResolvers<Socket>();
    await using api = await serveOnLoopback((incoming, reply) => {
      connections.add(incoming.socket);
      if (incoming.url === '/secrets/silent') asked.resolve(incoming.socket);
      else incoming.resume().once('end', () => reply.end(`${incoming.method} ${incoming.url}`));
    });
    const front = await startConsole({ port: 0, apiUrl: api.url, log, facts: FACTS });
    try {
      const call = async (method: string, path: string): Promise<string> =>
        (await fetch(front.url + path, { method, ...(method === 'GET' ? {} : { body: 'v' }) })).text();
      expect(await call('GET', '/secrets/a')).toBe('GET /secrets/a');
      expect(await call('PUT', '/secrets/a')).toBe('PUT /secrets/a');
      expect(await call('POST', '/rotations')).toBe('POST /rotations');
      expect(connections.size).toBe(1);
      const brokenOff = new AbortController();
      const waiting = fetch(`${front.url}/secrets/silent`, { signal: brokenOff.signal });
      const ended = once(await asked.promise, 'close');
      brokenOff.abort();
      await expect(waiting).rejects.toThrow();
      await ended;
      expect(await call('GET', '/secrets/b')).toBe('GET /secrets/b');
      expect(connections.size).toBe(2);
    } finally {
      await front.close();
    }
  });

  it('remembers when a secret changed, and not that it was written as it was', async () => {
    await put('/secrets/app/changed', 'one');
    await put('/secrets/app/changed', 'two');
    await put('/secrets/app/changed', 'two');
    expect(await (await get('/console/changes.json')).json()).toEqual({
      'app/changed': { version: 2, changedAt: '1970-01-01T00:00:00.000Z', by: 'write' },
    });
  });

  it('streams the lines that the functions log: those that are there, then each as it comes', async () => {
    log.add('{"timestamp":"t1","level":"INFO","message":"first","_aws":{"Timestamp":1}}');
    const response = await get('/console/log');
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe(
      'event: past\ndata: [{"timestamp":"t1","level":"INFO","message":"first"}]\n\n',
    );
    log.add('GET /secrets (λ: read-secret)');
    log.add('{"timestamp":"t2","level":"WARN","message":"second"}');
    expect((await reader.read()).value).toBe('data: {"timestamp":"t2","level":"WARN","message":"second"}\n\n');
    await reader.cancel();
  });
});

describe('the documents', () => {
  it('are served as pages, each heading under the id that links name', async () => {
    const page = await (await get('/console/docs/settings.md')).text();
    expect(page).toContain('<title>Settings · conjur-functions</title>');
    expect(page).toContain('<h2 id="authentication">Authentication</h2>');
    expect((await get('/console/README.md')).status).toBe(200);
    expect((await get('/console/docs/bench.svg')).headers.get('content-type')).toBe('image/svg+xml');
  });

  it('are all linked from the console', async () => {
    const { documents } = (await (await get('/console/facts.json')).json()) as { documents: { path: string }[] };
    expect(documents.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/rotation.md']));
    for (const { path } of documents) expect((await get(`/console/${path}`)).status, path).toBe(200);
  });

  it('lead to nothing that the console does not have', async () => {
    const { documents } = (await (await get('/console/facts.json')).json()) as { documents: { path: string }[] };
    const broken: string[] = [];
    for (const { path } of documents) {
      const page = await (await get(`/console/${path}`)).text();
      const targets = [...page.matchAll(/(?:href|src|srcset)="([^"#]+)/g)].map(([, href = '']) => href);
      for (const target of targets.filter((href) => !/^https?:/.test(href))) {
        const { status } = await fetch(new URL(target, `${running.url}/console/${path}`));
        if (status !== 200) broken.push(`${path}: ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it.each([
    '/console/package.json',
    '/console/docs/../package.json',
    '/console/docs%2F..%2Fpackage.json',
    '/console/.local/conjur.sqlite',
    '/console/lib/secret.ts',
    '/console/docs/no-such.md',
    '/console/',
  ])('are all that is served: %s is not', async (path) => {
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(running.url);
      request({ hostname, port, path }, (reply) => resolve(reply.resume().statusCode))
        .once('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });
});

import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import type { Dispatcher } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createDispatchers,
  type Dispatchers,
  KEEP_ALIVE_MS,
  skipContinue,
  type TlsSettings,
} from '../../../../lib/http/dispatchers.ts';
import { createCertificateAuthority, createSelfSigned } from '../../../support/certificates.ts';
import { serveOnLoopback } from '../../../support/serve-on-loopback.ts';

const TLS = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };

/** Of a busy machine. */
const PATIENT = { timeout: 10_000 };

function create(tls: TlsSettings = TLS, timeoutMs = 1_000): Dispatchers {
  const dispatchers = createDispatchers({ tls, proxy: undefined, timeoutMs });
  onTestFinished(() => dispatchers.close());
  return dispatchers;
}

async function get(dispatcher: Dispatcher, origin: string): Promise<string> {
  const { body } = await dispatcher.request({ origin, path: '/', method: 'GET' });
  return body.text();
}

it('sockets are closed before a server of 20 s does it, and kept for 15 s', () => {
  expect(KEEP_ALIVE_MS).toBe(15_000);
});

it.each([
  ['at once', 0, true],
  ['just before its sockets are closed', KEEP_ALIVE_MS, true],
  ['a moment later, as after a freeze', KEEP_ALIVE_MS + 1, false],
  ['where the wall clock went backwards', -1, false],
])('the pool is kept for the next request %s: %i ms', async (_, laterMs, isKept) => {
  const dispatchers = create();
  const first = (await dispatchers.keptAlive(1_000_000)) as Dispatcher & { closed: boolean };
  expect(dispatchers.keptAlive(1_000_000 + laterMs) === first).toBe(isKept);
  await new Promise((resolve) => setImmediate(resolve));
  expect(first.closed).toBe(!isKept);
});

it('other TLS settings have other pools, and the old ones are closed', async () => {
  const dispatchers = create();
  const pools = async () => [await dispatchers.keptAlive(1_000_000), await dispatchers.fresh()] as const;
  const before = await pools();
  expect(await pools()).toEqual(before);
  dispatchers.useTls({ ...TLS, verify: false });
  const after = await pools();
  await new Promise((resolve) => setImmediate(resolve));
  expect([...before, ...after].map((pool) => (pool as Dispatcher & { closed: boolean }).closed)).toEqual([
    ...[true, true],
    ...[false, false],
  ]);
});

describe('connections', () => {
  /** A server that begins each answer, and ends it when it is told to. */
  async function hold() {
    const held: ServerResponse[] = [];
    const sockets = new Set<unknown>();
    const server = await serveOnLoopback(({ socket }, response) => {
      sockets.add(socket);
      response.flushHeaders();
      held.push(response);
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const answerAll = (): void => {
      for (const response of held.splice(0)) response.end('answer');
    };
    return { url: server.url, held, sockets, answerAll };
  }

  it('are 64 at most, and no two requests share one at a time', async () => {
    const { url, held, sockets, answerAll } = await hold();
    const dispatcher = await create().keptAlive(1_000_000);
    const answers = Array.from({ length: 70 }, () => get(dispatcher, url));
    await vi.waitFor(() => expect(held).toHaveLength(64), PATIENT);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([held.length, sockets.size]).toEqual([64, 64]);
    answerAll();
    await vi.waitFor(() => expect(held).toHaveLength(6), PATIENT);
    answerAll();
    await Promise.all(answers);
    expect(sockets.size).toBe(64);
  });

  it.each([
    ['are used again where they are kept alive', (dispatchers: Dispatchers) => dispatchers.keptAlive(1_000_000), 1],
    ['are of one request each where they are fresh', (dispatchers: Dispatchers) => dispatchers.fresh(), 3],
  ])('%s', async (_, open, count) => {
    const sockets = new Set<Socket>();
    const server = await serveOnLoopback(({ socket }, response) => {
      sockets.add(socket);
      response.end('answer');
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const dispatchers = create();
    for (let sent = 0; sent < 3; sent += 1) {
      expect(await get(await open(dispatchers), server.url)).toBe('answer');
      // The pool has its connection back a turn after the answer.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sockets.size).toBe(count);
  });

  it.each([
    ['in use', (_: Dispatchers) => undefined],
    ['retired after a freeze', (dispatchers: Dispatchers) => void dispatchers.keptAlive(2_000_000)],
    ['retired for other TLS settings', (dispatchers: Dispatchers) => dispatchers.useTls(TLS)],
  ])('are closed after the request that is under way: %s', async (_, retire) => {
    const { url, held, answerAll } = await hold();
    const dispatchers = createDispatchers({ tls: TLS, proxy: undefined, timeoutMs: 1_000 });
    const answer = get(await dispatchers.keptAlive(1_000_000), url);
    await vi.waitFor(() => expect(held).toHaveLength(1), PATIENT);
    retire(dispatchers);
    let isClosed = false;
    const closed = dispatchers.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isClosed).toBe(false);
    answerAll();
    expect(await answer).toBe('answer');
    await closed;
  });

  it('may be closed twice, at once and later, and are opened anew for a call that comes after', async () => {
    const { url, held, answerAll } = await hold();
    const dispatchers = createDispatchers({ tls: TLS, proxy: undefined, timeoutMs: 1_000 });
    const before = await dispatchers.keptAlive(1_000_000);
    await dispatchers.fresh();
    await Promise.all([dispatchers.close(), dispatchers.close()]);
    await dispatchers.close();
    const after = await dispatchers.keptAlive(1_000_001);
    expect(after).not.toBe(before);
    const answer = get(after, url);
    await vi.waitFor(() => expect(held).toHaveLength(1), PATIENT);
    answerAll();
    expect(await answer).toBe('answer');
    await dispatchers.close();
    expect((after as Dispatcher & { closed: boolean }).closed).toBe(true);
  });

  it('speak HTTP/1.1 with a server that would rather not', async () => {
    const { cert, key } = await createSelfSigned(['localhost']);
    const protocols: unknown[] = [];
    const server = createSecureServer({ cert, key, allowHTTP1: true }, ({ socket }, response) => {
      protocols.push((socket as TLSSocket).alpnProtocol);
      response.end('answer');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const dispatchers = create({ ...TLS, verify: false });
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    expect(await get(await dispatchers.keptAlive(1_000_000), url)).toBe('answer');
    expect(protocols).toEqual(['http/1.1']);
  });

  it('trust an intermediate authority that is named, and none that Node happens to know', async () => {
    const authority = await (await createCertificateAuthority('root')).issueAuthority('below');
    const server = createHttpsServer(await authority.issueServer({ hosts: ['localhost'] }), (_, response) => {
      response.end('answer');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const known = getCACertificates('default');
    setDefaultCACertificates([authority.cert]);
    onTestFinished(() => setDefaultCACertificates(known));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const ask = async (ca: string | undefined) => get(await create({ ...TLS, ca }).keptAlive(1_000_000), url);
    expect(await ask(authority.cert)).toBe('answer');
    await expect(ask(undefined)).rejects.toMatchObject({ code: 'UNABLE_TO_GET_ISSUER_CERT' });
  });

  it('by TLS are opened side by side: none waits for the handshake of the first', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const dispatcher = await create(TLS, 60_000).keptAlive(1_000_000);
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const ends = [get(dispatcher, url), get(dispatcher, url)].map((answer) => answer.catch(() => undefined));
    await vi.waitFor(() => expect(sockets).toHaveLength(2), PATIENT);
    for (const socket of sockets) socket.destroy();
    server.close();
    await Promise.all(ends);
  });
});

describe('what a socket gives', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
  const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1';

  /** A socket that has these pieces, after a request. @returns what is read of it */
  function readAll(pieces: readonly string[], asks = true): string[] {
    const left = pieces.map((piece) => Buffer.from(piece));
    const sizes: unknown[] = [];
    const socket = skipContinue({
      write: () => true,
      read: (size?: number) => {
        sizes.push(size);
        return left.shift() ?? null;
      },
    } as unknown as Socket);
    if (asks) expect(socket.write('GET')).toBe(true);
    const got: string[] = [];
    for (let misses = 0; misses < 2; ) {
      const chunk: Buffer | null = socket.read(9);
      if (chunk === null) misses += 1;
      else got.push(chunk.toString());
    }
    expect(new Set(sizes)).toEqual(new Set([9]));
    return got;
  }

  it.each<[string, readonly string[], readonly string[]]>([
    ['an answer', [ANSWER], [ANSWER]],
    ['an answer in pieces', ['HTTP/1.1 2', '00 OK\r\n\r\n'], ['HTTP/1.1 2', '00 OK\r\n\r\n']],
    ['an answer that begins like the interim one', ['HTTP/1.1 ', '200 OK\r\n\r\n'], ['HTTP/1.1 200 OK\r\n\r\n']],
    ['an interim answer alone', [CONTINUE], []],
    ['an interim answer before it', [CONTINUE + ANSWER], [ANSWER]],
    ['two of them', [CONTINUE + CONTINUE, ANSWER], [ANSWER]],
    ['one in pieces', ['H', 'TTP/1.1 100 Continue\r\n', `\r\n${ANSWER}`], [ANSWER]],
    ['one in pieces, and nothing with it', ['H', CONTINUE.slice(1), ANSWER], [ANSWER]],
    ['one with headers', [`HTTP/1.1 100 Continue\r\nvia: a\r\n\r\n${ANSWER}`], [ANSWER]],
    ['a value like it, after the answer', [ANSWER, CONTINUE], [ANSWER, CONTINUE]],
    ['a value like it, within', [`x${CONTINUE}`], [`x${CONTINUE}`]],
  ])('is passed on without a 100 Continue: %s', (_, pieces, got) => {
    expect(readAll(pieces)).toEqual(got);
  });

  it('is left alone where nobody has asked', () => {
    expect(readAll([CONTINUE], false)).toEqual([CONTINUE]);
  });

  it('is held back up to 16 KiB, and then left to undici', () => {
    const head = 'HTTP/1.1 100 Continue\r\nvia: '.padEnd(16_384, 'x');
    expect(readAll([head, `\r\n\r\n${ANSWER}`])).toEqual([ANSWER]);
    expect(readAll([`${head}x`, '\r\n\r\n'])).toEqual([`${head}x`, '\r\n\r\n']);
  });
});

import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { buildConnector, type Dispatcher } from 'undici';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ProxyDispatcher, type ProxyDispatcherOptions, type ProxySettings } from '../../../../lib/http/proxy.ts';
import { Secret } from '../../../../lib/secret.ts';
import { createCertificateAuthority, createSelfSigned, type IssuedCertificate } from '../../../support/certificates.ts';

/** Of a busy machine. */
const PATIENT = { timeout: 10_000 };
const TUNNEL = 'HTTP/1.1 200 Connection Established\r\n\r\n';
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nanswer';

/** A proxy that answers each request as it is told. */
async function startProxy(answer: (request: string, socket: Socket) => string, tls?: IssuedCertificate) {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const listen = (socket: Socket): void => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      requests.push(data.toString());
      socket.write(answer(data.toString(), socket));
    });
  };
  const server = tls === undefined ? createServer(listen) : createTlsServer(tls, listen);
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets, requests };
}

/** @param connect default: what comes through a tunnel is spoken in the clear */
function create(proxy: Partial<ProxySettings>, options: Partial<ProxyDispatcherOptions> = {}): ProxyDispatcher {
  const connect: buildConnector.connector = ({ httpSocket }, callback) => callback(null, httpSocket as Socket);
  return new ProxyDispatcher({
    proxy: { ...{ http: undefined, https: undefined, except: '' }, ...proxy },
    ...{ verify: true, timeoutMs: 5_000, pool: { connections: 1, keepAliveTimeout: 60_000 }, connect },
    createConnector: (tls) => buildConnector({ ...tls, allowH2: false }),
    ...options,
  });
}

const at = (port: number, rest = ''): Secret => Secret.of(`http://${rest}127.0.0.1:${port}`);

async function get(dispatcher: Dispatcher, origin: string): Promise<string> {
  const { body } = await dispatcher.request({ origin, path: '/a', method: 'GET', headers: { own: '1' } });
  return body.text();
}

const endOf = (dispatcher: Dispatcher, origin: string): Promise<unknown> =>
  get(dispatcher, origin).catch((error: unknown) => error);

function goAway(_: string, socket: Socket): string {
  socket.destroy();
  return '';
}

const tunnelling = (request: string): string => (request.startsWith('CONNECT') ? TUNNEL : ANSWER);

it.each([
  ['', undefined],
  ['me:p%40ss@', 'me:p@ss'],
  ['me@', 'me:'],
  [':pass@', ':pass'],
])('http goes to the proxy as it is, https through a tunnel, each with who asks: %j', async (rest, credentials) => {
  const { port, requests } = await startProxy(tunnelling);
  const dispatcher = create({ http: at(port, rest) });
  expect(await get(dispatcher, 'http://conjur.test:8080')).toBe('answer');
  expect(await get(dispatcher, 'https://conjur.test')).toBe('answer');
  expect(await get(dispatcher, 'https://[::1]:8443')).toBe('answer');
  const header =
    credentials === undefined ? '' : `proxy-authorization: Basic ${Buffer.from(credentials).toString('base64')}\r\n`;
  expect(requests[0]).toMatch(/^GET http:\/\/conjur\.test:8080\/a HTTP\/1\.1\r\n/);
  expect(requests[0]).toContain('host: conjur.test:8080\r\n');
  expect(requests[0]).toContain('own: 1\r\n');
  expect(requests[1]).toMatch(/^CONNECT conjur\.test:443 HTTP\/1\.1\r\n/);
  expect(requests[2]).toMatch(/^GET \/a HTTP\/1\.1\r\n/);
  expect(requests[3]).toMatch(/^CONNECT \[::1\]:8443 HTTP\/1\.1\r\n/);
  for (const request of [requests[0], requests[1]]) {
    if (header === '') expect(request).not.toContain('proxy-authorization');
    else expect(request).toContain(header);
  }
  expect(requests[2]).not.toContain('proxy-authorization');
  await dispatcher.close();
});

it('each scheme has its proxy, and what is excepted none', async () => {
  const plain = await startProxy(tunnelling);
  const secure = await startProxy(tunnelling);
  const direct = await startProxy(tunnelling);
  const connect: buildConnector.connector = ({ httpSocket, port }, callback) =>
    httpSocket === undefined
      ? buildConnector({ allowH2: false })({ hostname: '127.0.0.1', protocol: 'http:', port }, callback)
      : callback(null, httpSocket as Socket);
  const ask = async (proxy: Partial<ProxySettings>) => {
    const dispatcher = create({ except: 'near', ...proxy }, { connect });
    const asked = [];
    for (const origin of ['http://far', 'https://far', `http://near:${direct.port}`]) {
      for (const { requests } of [plain, secure, direct]) requests.length = 0;
      await endOf(dispatcher, origin);
      asked.push([plain, secure, direct].findIndex(({ requests }) => requests.length > 0));
    }
    await dispatcher.close();
    return asked;
  };
  expect(await ask({ http: at(plain.port), https: at(secure.port) })).toEqual([0, 1, 2]);
  expect(await ask({ http: at(plain.port) })).toEqual([0, 0, 2]);
  // No host is called far, so that what has no proxy reaches nobody.
  expect(await ask({ https: at(secure.port) })).toEqual([-1, 1, 2]);
});

it('connections end with their dispatcher', async () => {
  const { port, sockets } = await startProxy(tunnelling);
  const dispatcher = create({ http: at(port), https: at(port) });
  await get(dispatcher, 'http://conjur.test');
  await get(dispatcher, 'https://conjur.test');
  expect(sockets.map(({ destroyed }) => destroyed)).toEqual([false, false]);
  await dispatcher.close();
  await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]), PATIENT);
});

describe('a tunnel', () => {
  it.each([300, 407, 502])('is not there after %i, and its connection is given up', async (status) => {
    const { port, sockets } = await startProxy(() => `HTTP/1.1 ${status} No\r\n\r\n`);
    const dispatcher = create({ http: at(port) });
    expect(await endOf(dispatcher, 'https://conjur.test')).toMatchObject({
      kind: 'proxy',
      reason: `answered ${status}`,
    });
    await vi.waitFor(() => expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true]), PATIENT);
  });

  it.each([
    ['is refused', () => 'HTTP/1.1 502 No\r\n\r\n'],
    ['is cut off', goAway],
  ])('that %s leaves no timer behind', async (_, answer) => {
    const { port } = await startProxy(answer);
    const dispatcher = create({ http: at(port) });
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    for (let asked = 0; asked < 20; asked += 1) await endOf(dispatcher, 'https://conjur.test');
    // Others have timers too, but not one for each tunnel.
    expect(timers()).toBeLessThan(before + 10);
  });

  it('is there after any answer of the 200s', async () => {
    const { port } = await startProxy((request) =>
      request.startsWith('CONNECT') ? 'HTTP/1.1 299 Fine\r\n\r\n' : ANSWER,
    );
    expect(await get(create({ http: at(port) }), 'https://conjur.test')).toBe('answer');
  });

  it('is not where the proxy goes away instead', async () => {
    const { port } = await startProxy(goAway);
    expect(await endOf(create({ http: at(port) }), 'https://conjur.test')).toMatchObject({
      kind: 'proxy',
      reason: 'ECONNRESET',
    });
  });

  it('is waited for as long as for a connection', async () => {
    const silent = await startProxy(() => '');
    expect(await endOf(create({ http: at(silent.port) }, { timeoutMs: 1_000 }), 'https://conjur.test')).toMatchObject({
      kind: 'proxy',
      reason: 'no answer within 1000 ms',
    });
  });

  it('stays when it is there', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { port, sockets } = await startProxy(tunnelling);
    const dispatcher = create({ http: at(port) });
    await get(dispatcher, 'https://conjur.test');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await get(dispatcher, 'https://conjur.test')).toBe('answer');
    expect(sockets).toHaveLength(1);
    await dispatcher.close();
  });

  it('gives what came with the answer of the proxy', async () => {
    const { port } = await startProxy(() => `${TUNNEL}first words`);
    const words: string[] = [];
    const connect: buildConnector.connector = ({ httpSocket }, callback) => {
      httpSocket?.once('data', (data) => {
        words.push(data.toString());
        callback(new Error('that will do'), null);
      });
    };
    await endOf(create({ http: at(port) }, { connect }), 'https://conjur.test');
    expect(words).toEqual(['first words']);
  });
});

describe('an https proxy', () => {
  const secretFor = (host: string, port: number): Secret => Secret.of(`https://${host}:${port}`);

  it.each([
    ['localhost', 'localhost'],
    // RFC 6066, section 3: no address is a server name.
    ['127.0.0.1', false],
  ])(
    'at %s is asked for the name %s, and trusted by an authority of its own, an intermediate too',
    async (host, name) => {
      const authority = await (await createCertificateAuthority('root')).issueAuthority('below');
      const { port, sockets } = await startProxy(tunnelling, await authority.issueServer({ hosts: [host] }));
      const dispatcher = create({ http: secretFor(host, port), ca: authority.cert });
      expect(await get(dispatcher, 'https://conjur.test')).toBe('answer');
      expect((sockets[0] as TLSSocket).servername).toBe(name);
      await dispatcher.close();
    },
  );

  it('that nobody has signed is not trusted, unless nothing is to be verified', async () => {
    const { port } = await startProxy(tunnelling, await createSelfSigned(['localhost']));
    const proxy = { http: secretFor('localhost', port) };
    expect(await endOf(create(proxy), 'https://conjur.test')).toMatchObject({
      kind: 'proxy-tls',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(await get(create(proxy, { verify: false }), 'https://conjur.test')).toBe('answer');
  });
});

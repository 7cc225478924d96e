import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromEnv } from '../../../../lib/env.ts';
import { createCertificateAuthority } from '../../../support/certificates.ts';
import { refusalBy } from '../../../support/refusal-by.ts';
import { startClient } from '../start-client.ts';
import { startHttpProxy } from './start-http-proxy.ts';

const portOf = (url: string): number => Number(new URL(url).port);

/** No name server knows this host: it is reached through the proxy or not at all. */
const HOST = 'conjur.invalid';

function refusalOf(environment: Record<string, string>): string {
  return refusalBy(() => fromEnv({ CYBERARK_API_KEY: 'sesame', ...environment }));
}

const failureOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('It was taken.'),
    (error: Error) => error,
  );

describe('user and password of a proxy', () => {
  it.each([
    ['url-encoded', 'user:p%40ss%2Fword%25', 'user:p@ss/word%'],
    ['with a raw % at the end', 'user:100%', 'user:100%'],
    ['with a raw % before letters that are no escape', 'user:50%off', 'user:50%off'],
    ['with a raw @', 'user:p@ss', 'user:p@ss'],
    ['with a raw colon', 'user:p:ss', 'user:p:ss'],
    ['in UTF-8', 'user:p%C3%A4ss', 'user:päss'],
    ['without a password', 'user', 'user:'],
  ])('are taken %s, for http and for a tunnel', async (_, written, meant) => {
    const authority = await createCertificateAuthority('local CA');
    const tls = await authority.issueServer({ hosts: [HOST] });
    const [plain, secure] = [await startClient(), await startClient({ tls })];
    const hosts = { [HOST]: portOf(plain.server.url), [`${HOST}:443`]: portOf(secure.server.url) };
    const proxy = await startHttpProxy(hosts, meant);
    const environment = { HTTP_PROXY: `http://${written}@127.0.0.1:${proxy.port}`, CYBERARK_MAX_ATTEMPTS: '1' };

    const overHttp = { CYBERARK_API_BASE: `http://${HOST}`, CYBERARK_API_KEY: plain.server.adminApiKey };
    expect((await plain.connect({ ...environment, ...overHttp }).whoami()).login).toBe('admin');
    const overTls = { CYBERARK_API_BASE: `https://${HOST}`, CYBERARK_API_KEY: secure.server.adminApiKey };
    const trusting = { ...environment, ...overTls, CYBERARK_CA_CERT: authority.cert };
    expect((await secure.connect(trusting).whoami()).login).toBe('admin');
  });

  it.each([
    ['a raw % beside escapes', 'http://user:50%off%21secret@proxy:3128'],
    ['escapes that are not UTF-8', 'http://user:secret%E4@proxy:3128'],
    ['a raw #', 'http://user:se#cret@proxy:3128'],
    ['a raw ?', 'http://user:1?secret@proxy:3128'],
    ['a raw /', 'http://user:1/secret@proxy:3128'],
    ['a path', 'http://proxy:3128/secret'],
    ['another scheme', 'socks5://user:secret@proxy:3128'],
    ['no host', 'http://'],
  ])('fail at start with %s, by the name of the variable', (_, address) => {
    for (const variable of ['HTTPS_PROXY', 'http_proxy'])
      expect(refusalOf({ [variable]: address })).toMatch(new RegExp(`${variable} (?:must|has)(?!.*secret)`));
  });
});

describe('NO_PROXY', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.0/8',
    '10.0.0.0/8 127.0.0.1/32',
    '::1/128,127.0.0.0/8',
    '127.*',
    '127.0.*.1',
    '*',
    'other.internal, 127.0.0.1',
    '127.0.0.1:PORT',
    '127.*:PORT',
  ])('%s: Conjur at 127.0.0.1 is reached directly', async (list) => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({});
    const conjur = connect({
      CYBERARK_API_KEY: server.adminApiKey,
      HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
      NO_PROXY: list.replaceAll('PORT', String(portOf(server.url))),
    });
    expect((await conjur.whoami()).login).toBe('admin');
    expect(proxy.asked).toEqual([]);
  });

  it.each(['127.0.0.2', '10.0.0.0/8', '127.1.*', '127.0.0.1:1', 'internal', '::1/128', '*.0.0.2'])(
    '%s: Conjur at 127.0.0.1 is asked through the proxy',
    async (list) => {
      const { server, connect } = await startClient();
      const proxy = await startHttpProxy({ [new URL(server.url).host]: portOf(server.url) });
      const conjur = connect({
        CYBERARK_API_KEY: server.adminApiKey,
        HTTP_PROXY: `http://127.0.0.1:${proxy.port}`,
        NO_PROXY: list,
      });
      expect((await conjur.whoami()).login).toBe('admin');
      expect(proxy.asked.length).toBeGreaterThan(0);
    },
  );

  it.each([
    '127.',
    '10.0.0.1-9',
    '10.0.0.1-10.0.0.9',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    'fd00::/129',
    'http://conjur.internal',
    'conjur.internal/path',
    '<local>',
    '[::1',
    'conjur.internal:99999',
    'conjur.internal:https',
    'conjur.internal;other',
  ])('%s fails at start, where there is a proxy', (list) => {
    expect(refusalOf({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: list })).toMatch(
      /NO_PROXY has the entry .*10\.0\.0\.0\/8/,
    );
    expect(() => fromEnv({ CYBERARK_API_KEY: 'sesame', NO_PROXY: list })).not.toThrow();
  });
});

describe('an https proxy', () => {
  it.each(['127.0.0.1', 'localhost'])(
    'at %s with an authority of its own is trusted by CYBERARK_CA_CERT',
    async (at) => {
      const [authority, ofProxy] = await Promise.all(
        ['CA of Conjur', 'CA of the proxy'].map(createCertificateAuthority),
      );
      if (authority === undefined || ofProxy === undefined) throw new Error('there are two');
      const { server, connect } = await startClient({ tls: await authority.issueServer({ hosts: [HOST] }) });
      const plain = await startClient();
      const hosts = { [HOST]: portOf(plain.server.url), [`${HOST}:443`]: portOf(server.url) };
      const proxy = await startHttpProxy(hosts, 'me:sesame', await ofProxy.issueServer({ hosts: [at] }));
      const address = `https://me:sesame@${at}:${proxy.port}`;
      const environment = {
        CYBERARK_API_BASE: `https://${HOST}`,
        CYBERARK_API_KEY: server.adminApiKey,
        CYBERARK_MAX_ATTEMPTS: '1',
        HTTPS_PROXY: address,
      };
      const both = `${authority.cert}\n${ofProxy.cert}`;
      expect((await connect({ ...environment, CYBERARK_CA_CERT: both }).whoami()).login).toBe('admin');
      const overHttp = { CYBERARK_API_BASE: `http://${HOST}`, CYBERARK_API_KEY: plain.server.adminApiKey };
      const forwarded = plain.connect({ ...overHttp, HTTP_PROXY: address, CYBERARK_CA_CERT: ofProxy.cert });
      expect((await forwarded.whoami()).login).toBe('admin');

      const untrusted = await failureOf(connect({ ...environment, CYBERARK_CA_CERT: authority.cert }).whoami());
      expect(untrusted).toMatchObject({ code: 'upstream_unavailable' });
      expect(untrusted.message).toMatch(/^The TLS connection to the http proxy .*HTTPS_PROXY.*CYBERARK_CA_CERT/);
      const wrong = await failureOf(connect({ ...environment, CYBERARK_CA_CERT: ofProxy.cert }).whoami());
      expect(wrong.message).toMatch(/^Conjur's certificate is signed by nobody who is trusted here/);
    },
  );

  it('that is an http one is said to speak no TLS, and Conjur is not blamed', async () => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({});
    const conjur = connect({
      CYBERARK_API_BASE: `http://${HOST}`,
      CYBERARK_API_KEY: server.adminApiKey,
      CYBERARK_MAX_ATTEMPTS: '1',
      HTTP_PROXY: `https://127.0.0.1:${proxy.port}`,
    });
    expect((await failureOf(conjur.whoami())).message).toMatch(
      /^The TLS connection to the http proxy .*most are http:/,
    );
  });
});

describe('a proxy that is away or refuses is told as such', () => {
  it.each([
    ['nobody listens', 'http://127.0.0.1:1', /^The http proxy .*ECONNREFUSED/],
    ['a wrong password, for http', 'http://me:wrong@127.0.0.1:PORT', /^The http proxy .*407.*user and password/],
  ])('%s', async (_, address, message) => {
    const { server, connect } = await startClient();
    const proxy = await startHttpProxy({ [HOST]: portOf(server.url) }, 'me:sesame');
    const conjur = connect({
      CYBERARK_API_BASE: `http://${HOST}`,
      CYBERARK_API_KEY: server.adminApiKey,
      CYBERARK_MAX_ATTEMPTS: '1',
      HTTP_PROXY: address.replace('PORT', String(proxy.port)),
    });
    expect(await failureOf(conjur.whoami())).toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringMatching(message),
    });
  });

  it.each(['http', 'https'])(
    'an answer to CONNECT that does not come ends by the time of an attempt: %s',
    async (scheme) => {
      const sockets = new Set<Socket>();
      const silent = createServer((socket) => sockets.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy();
        silent.close();
      });
      await new Promise((resolve) => silent.once('listening', resolve));
      const { connect, server } = await startClient();
      const conjur = connect({
        CYBERARK_API_BASE: `${scheme}://${HOST}`,
        CYBERARK_API_KEY: server.adminApiKey,
        CYBERARK_MAX_ATTEMPTS: '1',
        CYBERARK_TIMEOUT_MS: '200',
        HTTP_PROXY: `http://127.0.0.1:${(silent.address() as { port: number }).port}`,
      });
      expect(await failureOf(conjur.whoami())).toMatchObject({ code: 'upstream_unavailable' });
    },
  );
});

describe('a 100 Continue that nobody asked for is passed over', () => {
  const ONCE = 'HTTP/1.1 100 Continue\r\n\r\n';

  /** Answers every request with what stands in front, in pieces as they are given. */
  async function startServer(pieces: (answer: string) => readonly string[]): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', async (data) => {
        const isLogin = data.toString('latin1').startsWith('POST');
        const token = JSON.stringify({
          protected: Buffer.from('{}').toString('base64'),
          payload: PAYLOAD,
          signature: 'x',
        });
        const body = isLogin ? token : VALUE;
        const answer = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
        for (const piece of pieces(answer)) {
          socket.write(piece, 'latin1');
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      });
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  const nowSeconds = Math.floor(Date.now() / 1_000);
  const PAYLOAD = Buffer.from(JSON.stringify({ sub: 'admin', iat: nowSeconds, exp: nowSeconds + 480 })).toString(
    'base64',
  );
  /** It begins as the interim answer does, in a piece of its own. */
  const VALUE = `${ONCE}a value`;

  it.each<[string, (answer: string) => readonly string[]]>([
    ['not sent', (answer) => [answer]],
    ['at once with the answer', (answer) => [ONCE + answer]],
    ['before it', (answer) => [ONCE, answer]],
    ['twice', (answer) => [ONCE, ONCE + answer]],
    ['in pieces', (answer) => ['HTTP/1', '.1 100 Con', 'tinue\r\n', `\r\n${answer.slice(0, 7)}`, answer.slice(7)]],
    ['with headers', (answer) => ['HTTP/1.1 100 Continue\r\nvia: proxy\r\n\r\n', answer]],
    ['not sent, with a value that looks like it', (answer) => answer.split(/(?<=\r\n\r\n)/)],
  ])('%s', async (_, pieces) => {
    const { connect } = await startClient();
    const environment = { CYBERARK_API_BASE: await startServer(pieces), CYBERARK_API_KEY: 'sesame' };
    const conjur = connect({ ...environment, CYBERARK_MAX_ATTEMPTS: '1' });
    for (const name of ['a', 'b']) expect((await conjur.readSecret(name)).value.expose()).toBe(VALUE);
  });
});

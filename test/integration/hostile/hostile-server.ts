import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { accessTokenText } from '../../unit/lib/access-token-text.ts';

/** What a genuine server answers to an operation. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** How an answer is spoilt. Each is something that a proxy, a portal, a wrong address or a lagging follower does. */
export const HOSTILITIES: Readonly<Record<string, (right: Answer) => Answer>> = {
  'page with 200': () => page(200),
  'page with 201': () => page(201),
  'page with 204 and no body': () => ({ status: 204, body: '' }),
  'page with 401': () => page(401),
  'page with 403': () => page(403),
  'page with 404': () => page(404),
  'empty 200': () => ({ status: 200, body: '' }),
  'empty 404': () => ({ status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found' }),
  'another success': (right) => ({ ...right, status: right.status === 202 ? 200 : 202 }),
  'an unknown coding': (right) => ({ ...right, headers: { ...right.headers, 'content-encoding': 'rot13' } }),
  'a coding that is a lie': (right) => ({ ...right, headers: { ...right.headers, 'content-encoding': 'gzip' } }),
  'a coding that nobody asked for': (right) => ({
    ...right,
    headers: {
      ...right.headers,
      'content-encoding': [right.headers?.['content-encoding'] ?? [], 'gzip'].flat().join(', '),
    },
    body: gzipSync(right.body),
  }),
  'JSON cut off': (right) => ({ ...right, body: '{"created_roles":{},"ver' }),
  'JSON of another shape': (right) => ({ ...right, headers: JSON_TYPE, body: '{"hello":["world"]}' }),
  'JSON null': (right) => ({ ...right, headers: JSON_TYPE, body: 'null' }),
  'a list of nulls': (right) => ({ ...right, headers: JSON_TYPE, body: '[null]' }),
  'ten megabytes': (right) => ({ ...right, body: Buffer.alloc(10_000_000, 32) }),
  'a redirect': () => ({ status: 302, headers: { location: 'https://portal.example/login?token=sesame' }, body: '' }),
};

const JSON_TYPE = { 'content-type': 'application/json' };

function page(status: number): Answer {
  const body = '<!DOCTYPE html>\n<html><body>Sign in to continue</body></html>';
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

export interface HostileServer {
  readonly url: string;
  /** Answers every request but a login from now on. */
  answer: (request: { readonly method: string; readonly path: string }) => Answer;
  /** Answers logins. */
  login: () => Answer;
  close(): Promise<void>;
}

export const TOKEN: Answer = { status: 200, headers: JSON_TYPE, body: accessTokenText() };

/** A server that answers as it is told, over real HTTP. It keeps no rule of Conjur's: that is what it is for. */
export async function startHostileServer(): Promise<HostileServer> {
  const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume().on('end', () => {
      const path = request.url ?? '';
      const isLogin = path.endsWith('/authenticate');
      const {
        status,
        headers = {},
        body,
      } = isLogin ? hostile.login() : hostile.answer({ method: request.method ?? '', path });
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const hostile: HostileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: () => ({ status: 404, body: '' }),
    login: () => TOKEN,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return hostile;
}

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { passOn } from '../local/console/pass-on.ts';
import { isFromThisMachine } from '../local/stand-ins/http/is-from-this-machine.ts';
import { formatOpenapi } from './format-openapi.ts';

export interface ApiPageOptions {
  /** Where the functions answer, such as `http://127.0.0.1:3000`. */
  readonly apiUrl: string;
  /** Default 0: a free one. */
  readonly port?: number;
}

export interface ApiPage {
  readonly url: string;
  close(): Promise<void>;
}

interface Asset {
  readonly type: string;
  readonly load: () => Promise<string | Buffer>;
}

/** Nothing from elsewhere is loaded; Swagger UI needs its own inline styles and images. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/**
 * Serves a page on the loopback on which every call of the API can be tried. The calls go through this server to the functions, so that
 * page and API are of one origin.
 */
export async function createApiPage({ apiUrl, port = 0 }: ApiPageOptions): Promise<ApiPage> {
  const server = createServer((incoming, reply) => void answer(apiUrl, incoming, reply));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const ASSETS: Readonly<Record<string, Asset>> = {
  '/': page('index.html', 'text/html; charset=utf-8'),
  '/page.js': page('page.js', 'text/javascript'),
  '/swagger-ui.css': swagger('swagger-ui.css', 'text/css'),
  '/swagger-ui-bundle.js': swagger('swagger-ui-bundle.js', 'text/javascript'),
  '/openapi.json': { type: 'application/json', load: async () => formatOpenapi() },
  '/favicon.ico': swagger('favicon-32x32.png', 'image/png'),
};

function page(file: string, type: string): Asset {
  return { type, load: () => readFile(fileURLToPath(new URL(`./page/${file}`, import.meta.url))) };
}

function swagger(file: string, type: string): Asset {
  return { type, load: () => readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`)) };
}

async function answer(apiUrl: string, incoming: IncomingMessage, reply: ServerResponse): Promise<void> {
  // No page of another site must get at the secrets behind this one.
  if (!isFromThisMachine(incoming.headers))
    return void reply.writeHead(403).end('This page is served to this machine alone.');
  const asset = incoming.method === 'GET' ? ASSETS[incoming.url?.split('?')[0] ?? ''] : undefined;
  if (asset === undefined) return passOn(apiUrl, incoming, reply);
  reply.setHeader('content-type', asset.type);
  reply.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  reply.setHeader('x-content-type-options', 'nosniff');
  reply.end(await asset.load());
}

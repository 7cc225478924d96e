import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { formatOpenapi } from '../../openapi/format-openapi.ts';
import { isFromThisMachine } from '../stand-ins/http/is-from-this-machine.ts';
import type { CallLog } from './call-log.ts';
import { createChangeRecord } from './change-record.ts';
import type { ConsoleFacts } from './console-facts.ts';
import { listDocuments, loadDocument } from './documents.ts';
import { createOnward, type Onward, passOn } from './pass-on.ts';

export interface ConsoleOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Where the functions answer over HTTP, such as `http://127.0.0.1:41000`. */
  readonly apiUrl: string;
  readonly log: CallLog;
  /** What the page says of the stack. */
  readonly facts: Omit<ConsoleFacts, 'documents'>;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

export interface Console {
  /** Base URL without a slash at the end: the page, and the HTTP API. */
  readonly url: string;
  close(): Promise<void>;
}

/** Scripts, styles and data of the console itself, nothing inline, and in nobody's frame. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const REFUSED = 'This address serves programs and pages of this machine alone. Call it as 127.0.0.1 or localhost.\n';

/**
 * Serves the console and, from the same origin, the HTTP API: what is not the console's own goes on to the functions. Requests of other
 * sites' pages are refused, whichever of the two they are for.
 */
export async function startConsole(options: ConsoleOptions): Promise<Console> {
  const onward = createOnward(options.apiUrl);
  const answer = await createAnswer(options, onward);
  const server = createServer((incoming, reply) => {
    answer(incoming, reply).catch((error: unknown) => {
      reply.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      onward.agent.destroy();
      await closed;
    },
  };
}

type Answer = (incoming: IncomingMessage, reply: ServerResponse) => Promise<void>;

async function createAnswer({ log, facts, now = Date.now }: ConsoleOptions, onward: Onward): Promise<Answer> {
  const record = createChangeRecord(now);
  const documents = await listDocuments();
  const [script, style] = await Promise.all([bundle('main.ts'), bundle('style.css')]);
  const assets: Readonly<Record<string, { type: string; load: () => string | Uint8Array | Promise<Buffer> }>> = {
    '/': { type: 'text/html; charset=utf-8', load: () => readPage('index.html') },
    '/console/main.js': { type: 'text/javascript; charset=utf-8', load: () => script },
    '/console/style.css': { type: 'text/css; charset=utf-8', load: () => style },
    '/console/icon.svg': { type: 'image/svg+xml', load: () => readPage('icon.svg') },
    '/favicon.ico': { type: 'image/svg+xml', load: () => readPage('icon.svg') },
    '/openapi.json': { type: 'application/json', load: () => formatOpenapi() },
    '/console/facts.json': { type: 'application/json', load: () => JSON.stringify({ ...facts, documents }) },
    '/console/changes.json': { type: 'application/json', load: () => JSON.stringify(record.changes()) },
  };
  return async (incoming, reply) => {
    if (!isFromThisMachine(incoming.headers) || isEmbeddedElsewhere(incoming.headers))
      return void reply.writeHead(403, { connection: 'close' }).end(REFUSED);
    const path = incoming.url?.split('?')[0] ?? '';
    const asset = assets[path];
    if (asset !== undefined && isReading(incoming)) return send(reply, asset.type, await asset.load());
    if (path === '/console/log' && isReading(incoming)) return stream(reply, log);
    if (path.startsWith('/console/')) return sendDocument(reply, path);
    passOn(onward, incoming, reply, isReading(incoming) ? undefined : record.note);
  };
}

/**
 * Whether a page of another site uses an address of ours for a part of its own, such as a picture or a frame: browsers send no `origin`
 * then. A link that leads here is no part of the page that it stands in. https://www.w3.org/TR/fetch-metadata/
 */
function isEmbeddedElsewhere(headers: IncomingHttpHeaders): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers;
  if (site !== 'cross-site' || origin !== undefined) return false;
  return mode !== 'navigate' || destination !== 'document';
}

function isReading({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

async function sendDocument(reply: ServerResponse, path: string): Promise<void> {
  const document = await loadDocument(path.slice('/console/'.length));
  if (document !== undefined) return send(reply, document.type, document.content);
  reply.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('The console has no such page.\n');
}

function send(reply: ServerResponse, type: string, content: string | Uint8Array): void {
  reply.setHeader('content-type', type);
  reply.setHeader('content-security-policy', CONTENT_SECURITY_POLICY);
  reply.setHeader('x-content-type-options', 'nosniff');
  reply.setHeader('referrer-policy', 'no-referrer');
  reply.setHeader('cache-control', 'no-store');
  reply.end(content);
}

/** Server-sent events: the lines that there are, then each as it is written. https://html.spec.whatwg.org/multipage/server-sent-events.html */
function stream(reply: ServerResponse, log: CallLog): void {
  reply.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  reply.write(`event: past\ndata: ${JSON.stringify(log.lines())}\n\n`);
  const end = log.subscribe((line) => reply.write(`data: ${JSON.stringify(line)}\n\n`));
  reply.once('close', end);
}

function readPage(file: string): Promise<Buffer> {
  return readFile(new URL(`page/${file}`, import.meta.url));
}

/**
 * A module of the page with all that it imports, in one file. Built at the start, so that there is nothing to keep in step.
 * @param file in `page/`
 */
async function bundle(file: string): Promise<Uint8Array> {
  const entry = fileURLToPath(new URL(`page/${file}`, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    // What the console itself serves.
    external: ['/console/*'],
  });
  const [bundled] = outputFiles;
  if (bundled === undefined) throw new Error(`${file} of the console was not built.`);
  return bundled.contents;
}

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFromThisMachine } from './is-from-this-machine.ts';
import { BodyTooLongError, readBody } from './read-body.ts';
import { type RequestFault, type RequestHook, takesEffect } from './request-fault.ts';

export interface JsonRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** `body` is sent as JSON; undefined sends none. */
export interface JsonAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A request whose meaning is known, and which has had no effect yet. */
export interface RoutedRequest {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly answer: () => JsonAnswer | Promise<JsonAnswer>;
}

export interface JsonServerOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. Default 0. */
  readonly port?: number | undefined;
  /** Content type of answers. Default `application/json`. */
  readonly contentType?: string;
  /** Longest body in bytes. Default 1 MiB. */
  readonly maxBodyBytes?: number;
  readonly route: (request: JsonRequest) => RoutedRequest;
  /** Turns what `route` or `answer` threw into an answer. */
  readonly toErrorAnswer: (error: unknown) => JsonAnswer;
  readonly onRequest?: RequestHook | undefined;
}

export interface LocalServer {
  /** Base URL without a slash at the end. */
  readonly url: string;
  /** Stops listening and cuts every open connection. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server for a stand-in: JSON in, JSON out, on 127.0.0.1 only, with a hook that can spoil single requests.
 *
 * @throws the error of `listen`, such as EADDRINUSE when the port is taken.
 */
export async function createJsonServer(options: JsonServerOptions): Promise<LocalServer> {
  const server = createServer((incoming, response) => {
    serve(options, incoming, response).catch((error: unknown) => {
      // The client went away, or an answer could not be written: nobody is left to tell.
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(options: JsonServerOptions, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let fault: RequestFault | undefined;
  let answer: JsonAnswer | undefined;
  if (!isFromThisMachine(incoming.headers)) return send(response, FOREIGN, 'application/json');
  try {
    const routed = options.route(await toJsonRequest(incoming, options.maxBodyBytes ?? 1024 * 1024));
    fault = await options.onRequest?.({ operation: routed.operation, input: routed.input });
    if (takesEffect(fault)) answer = await routed.answer();
  } catch (error) {
    answer = error instanceof BodyTooLongError ? toTooLongAnswer(error) : options.toErrorAnswer(error);
  }
  if (fault === 'drop-before' || fault === 'drop-after') incoming.socket.resetAndDestroy();
  else if (fault === 'hang-before' || fault === 'hang-after') return;
  else send(response, fault ?? answer, options.contentType ?? 'application/json');
}

async function toJsonRequest(incoming: IncomingMessage, maxBodyBytes: number): Promise<JsonRequest> {
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://127.0.0.1'),
    headers: incoming.headers,
    body: await readBody(incoming, maxBodyBytes),
  };
}

/** What is kept here are stand-ins for secrets, and yet no web page's business. */
const FOREIGN: JsonAnswer = {
  status: 403,
  headers: { connection: 'close' },
  body: { message: 'Only programs and pages of this machine are served: host and origin must be local.' },
};

function toTooLongAnswer(error: BodyTooLongError): JsonAnswer {
  return { status: 413, headers: { connection: 'close' }, body: { message: error.message } };
}

function send(response: ServerResponse, answer: JsonAnswer | undefined, contentType: string): void {
  if (answer === undefined) throw new Error('A request was routed but not answered.');
  const body = answer.body === undefined ? '' : JSON.stringify(answer.body);
  response.writeHead(answer.status, { 'content-type': contentType, ...answer.headers });
  response.end(body);
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isSignedFor, type SigningKey } from './is-signed-for.ts';
import type { Bundle } from './load-bundle.ts';

export interface LambdaEndpointOptions {
  /** By the name that an invocation gives. */
  readonly functions: ReadonlyMap<string, Bundle>;
  /** Which function serves a route of the HTTP API; undefined: API Gateway's own 404. */
  readonly functionOf: (method: string, path: string) => string | undefined;
  /** Requests that are not signed with it are refused. */
  readonly key: SigningKey;
}

export interface LambdaEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Lambda's Invoke API and an HTTP API in front of the same functions, in this process. Of AWS it keeps: the signature of each request,
 * how a thrown error is told (`X-Amz-Function-Error`), an unknown function (404 `ResourceNotFoundException`), events of payload 2.0
 * with decoded path parameters, a stage before the path (`/stage-x/secrets/a`), and the gateway's own 403 and 404.
 *
 * `GET /__calls` gives what was called since it was last asked; an invocation of `gate` is answered when `POST /__open` comes.
 */
export async function startLambdaEndpoint(options: LambdaEndpointOptions): Promise<LambdaEndpoint> {
  const state: State = { ...options, calls: [], gates: [] };
  const server = createServer((request, response) => {
    serve(state, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

interface State extends LambdaEndpointOptions {
  calls: string[];
  gates: (() => void)[];
}

interface Received {
  readonly method: string;
  readonly target: URL;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

const INVOCATION = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

async function serve(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const received = await receive(request);
  const { method, target } = received;
  const route = `${method} ${target.pathname}`;
  if (route === 'GET /__calls') return send(response, 200, {}, state.calls.splice(0));
  if (route === 'POST /__open') {
    for (const open of state.gates.splice(0)) open();
    return send(response, 200, {}, {});
  }
  const invoked = INVOCATION.exec(target.pathname)?.[1];
  const service = invoked === undefined ? 'execute-api' : 'lambda';
  if (!(await isSignedFor(service, state.key, received))) return send(response, 403, {}, { message: 'Forbidden' });
  state.calls.push(invoked ?? `${method} ${decodeURIComponent(target.pathname)}`);
  if (invoked === undefined) return callHttp(state, received, response);
  return invoke(state, decodeURIComponent(invoked), received.body, response);
}

async function invoke(state: State, name: string, body: Buffer, response: ServerResponse): Promise<void> {
  if (name === 'gate') await new Promise<void>((open) => state.gates.push(open));
  if (name === 'crash') {
    const crash = { errorType: 'Runtime.ExitError', errorMessage: 'RequestId: 1 Error: Runtime exited' };
    return send(response, 200, { 'x-amz-function-error': 'Unhandled' }, crash);
  }
  const handler = state.functions.get(name)?.handler;
  if (handler === undefined) {
    const missing = { 'x-amzn-errortype': 'ResourceNotFoundException' };
    return send(response, 404, missing, { Type: 'User', Message: `Function not found: ${name}` });
  }
  try {
    return send(response, 200, {}, await handler(JSON.parse(body.toString())));
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    return send(response, 200, { 'x-amz-function-error': 'Unhandled' }, { errorType, errorMessage, trace: [] });
  }
}

async function callHttp(state: State, { method, target, headers, body }: Received, response: ServerResponse) {
  const name = state.functionOf(method, target.pathname);
  const handler = name === undefined ? undefined : state.functions.get(name)?.handler;
  if (handler === undefined) return send(response, 404, {}, { message: 'Not Found' });
  const path = decodeURIComponent(target.pathname);
  const secret = /^(?:\/stage-[^/]+)?\/secrets\/(.+)$/s.exec(path)?.[1];
  const event = {
    version: '2.0',
    routeKey: `${method} ${secret === undefined ? path : '/secrets/{name+}'}`,
    rawPath: path,
    rawQueryString: target.search.slice(1),
    headers,
    requestContext: { http: { method, path } },
    ...(secret === undefined ? {} : { pathParameters: { name: secret } }),
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  };
  const reply = (await handler(event)) as { statusCode: number; headers: Record<string, string>; body: string };
  response.writeHead(reply.statusCode, reply.headers).end(reply.body);
}

async function receive(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    method: request.method ?? '',
    target: new URL(request.url ?? '/', 'http://127.0.0.1'),
    headers: Object.fromEntries(headers),
    body: Buffer.concat(chunks),
  };
}

function send(response: ServerResponse, status: number, headers: Record<string, string>, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

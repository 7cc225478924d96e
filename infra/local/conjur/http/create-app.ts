import { channel } from 'node:diagnostics_channel';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { TokenClaims } from '../authn/tokens.ts';
import { prefixOf } from '../edition.ts';
import type { ServerContext } from '../server-context.ts';
import { checkToken } from './check-token.ts';
import {
  type ConjurRequest,
  checkParameters,
  decodeSegment,
  isRequestLineAccepted,
  parseQuery,
  toClientIp,
  toRoutePath,
} from './conjur-request.ts';
import { type Faults, resetConnection, toFailureReply } from './faults.ts';
import { checkKnownParameters } from './known-parameters.ts';
import { bareReply, forAccepted, type Reply } from './reply.ts';
import { noRoute, ReplyError } from './reply-error.ts';
import type { Route } from './route.ts';

/** What a request looked like to the server, for those who count requests. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly path: string;
  /** Of the token, or of the path of a login; absent where nobody has said who he is. */
  readonly login?: string;
}

interface Env {
  Bindings: HttpBindings;
  Variables: { request: ConjurRequest; claims: TokenClaims | undefined };
}

/** Puts the routes behind the token check and the rehearsed faults. */
export function createApp(
  context: ServerContext,
  routes: readonly Route[],
  faults: Faults,
  onRequest: (request: SeenRequest) => void = () => {},
): Hono<Env> {
  const prefix = prefixOf(context.edition);
  const app = new Hono<Env>({
    // The raw request line: a URL object would resolve the dot segments that may stand in an id.
    getPath: (_request, options) => toRoutePath(toTarget(bindingsOf(options?.env).incoming.url, prefix) ?? '/'),
  });
  const accepted = (c: Context<Env>, reply: Reply) => answer(c, forAccepted(reply, c.env.incoming.headers.accept));
  app.onError((error, c) => accepted(c, error instanceof ReplyError ? error.reply : failed(error)));
  app.notFound((c) => accepted(c, bareReply(404)));
  app.use(async (c, next) => {
    const request = await readRequest(c, prefix);
    if (request === undefined) return c.notFound();
    if (!isRequestLineAccepted(request.target)) return answer(c, { status: 400, headers: {}, body: '' });
    c.set('request', request);
    let claims: TokenClaims | undefined;
    try {
      const path = request.target.split('?', 1)[0] ?? '';
      claims = await checkToken(context.tokens, path, request.headers.authorization, context.edition);
    } finally {
      onRequest({ ...toSeen(request, claims), path: c.env.incoming.url ?? '/' });
    }
    c.set('claims', claims);
    await faults.delay();
    const failure = faults.pick(request.method);
    if (failure === undefined) return next();
    const isReset = failure === 'reset' || failure === 'reset-after-effect';
    if (!isReset) return answer(c, toFailureReply(failure));
    if (failure === 'reset-after-effect') await next();
    resetConnection(c.env.incoming);
    return RESPONSE_ALREADY_SENT;
  });
  for (const route of routes) {
    app.on(route.method, route.path, async (c) => {
      const request = c.get('request');
      checkParameters(request);
      checkKnownParameters(context, route, request);
      const params = decodeParams(route.path, toRoutePath(request.target));
      if (params.account?.includes('/')) throw noRoute();
      return answer(c, await route.handle({ context, request, params, claims: c.get('claims') }));
    });
  }
  return app;
}

/** Path and query behind the edition's prefix; undefined for a path outside of it. */
function toTarget(url = '/', prefix = ''): string | undefined {
  if (prefix === '') return url;
  return url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : undefined;
}

async function readRequest(c: Context<Env>, prefix: string): Promise<ConjurRequest | undefined> {
  const { incoming } = c.env;
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const target = toTarget(incoming.url, prefix);
  if (target === undefined) return undefined;
  return {
    method: incoming.method ?? 'GET',
    target,
    query: parseQuery(target),
    headers: incoming.headers,
    body: Buffer.concat(chunks),
    clientIp: toClientIp(incoming.socket.remoteAddress, incoming.headers['x-forwarded-for']),
    socket: incoming.socket,
  };
}

function toSeen(request: ConjurRequest, claims: TokenClaims | undefined): SeenRequest {
  const named = /^\/authn(?:-[^/]+\/[^/]+)?\/[^/]+\/([^/]+)\/authenticate$/.exec(toRoutePath(request.target))?.[1];
  const login = claims?.login ?? (named === undefined ? undefined : safeDecode(named));
  return { method: request.method, path: request.target, ...(login === undefined ? {} : { login }) };
}

function safeDecode(raw: string): string {
  try {
    return decodeSegment(raw);
  } catch {
    return raw;
  }
}

/** The path parameters of a pattern, decoded. Only the last one may span several segments. */
function decodeParams(pattern: string, path: string): Record<string, string> {
  const names = pattern.split('/');
  const values = path.split('/');
  const params: Record<string, string> = {};
  names.forEach((segment, index) => {
    const name = /^:(\w+)/.exec(segment)?.[1];
    if (name === undefined) return;
    const isRest = segment.endsWith('{.+}');
    params[name] = decodeSegment((isRest ? values.slice(index).join('/') : values[index]) ?? '');
  });
  return params;
}

/** An answer that is about to be sent, as the diagnostics channel `conjur-local:answer` tells of it. */
export interface Answered {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly target: string;
  readonly reply: Reply;
}

const answers = channel('conjur-local:answer');

function answer({ env }: Context<Env>, reply: Reply): Response {
  if (answers.hasSubscribers) {
    const { method = 'GET', url: target = '/' } = env.incoming;
    answers.publish({ method, target, reply } satisfies Answered);
  }
  return toResponse(reply);
}

function toResponse(reply: Reply): Response {
  const hasBody = reply.status !== 204;
  return new Response(hasBody ? toBody(reply.body) : null, { status: reply.status, headers: reply.headers });
}

function failed(error: Error): Reply {
  // The server is closing and ends what still waits.
  if (error.name === 'AbortError') return bareReply(503);
  // A fault of this server, not of the request: it must not pass in silence.
  console.error(error);
  return bareReply(500);
}

function toBody(body: string | Buffer): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}

function bindingsOf(env: unknown): HttpBindings {
  return env as HttpBindings;
}

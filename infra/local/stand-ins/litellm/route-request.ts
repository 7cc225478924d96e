import type { JsonAnswer, JsonRequest, RoutedRequest } from '../http/create-json-server.ts';
import { authenticateCaller } from './authenticate-caller.ts';
import { LitellmError } from './litellm-error.ts';
import type { RouteContext } from './routes/route-context.ts';
import { type RouteEntry, routes } from './routes/routes.ts';

const HEALTH_PATHS: readonly string[] = ['/health/liveliness', '/health/liveness'];

/** Finds the call that a request makes; who makes it is checked when it is answered. */
export function routeRequest(context: RouteContext, request: JsonRequest): RoutedRequest {
  const { pathname, searchParams } = request.url;
  const pathKey = request.method === 'POST' ? /^\/key\/(.+)\/regenerate$/.exec(pathname)?.[1] : undefined;
  const name = `${request.method} ${pathKey === undefined ? pathname : '/key/{key}/regenerate'}`;
  if (request.method === 'GET' && HEALTH_PATHS.includes(pathname)) {
    return { operation: name, input: {}, answer: () => ({ status: 200, body: "I'm alive!" }) };
  }
  const entry = routes.get(name);
  if (entry === undefined) return { operation: name, input: {}, answer: toNotFound };
  const input = request.method === 'GET' ? Object.fromEntries(searchParams) : parseBody(request.body);
  if (pathKey !== undefined) input.key ??= decodePath(pathKey);
  const { authorization } = request.headers;
  return { operation: name, input, answer: () => ({ status: 200, body: call(context, entry, input, authorization) }) };
}

function call(
  context: RouteContext,
  entry: RouteEntry,
  input: Record<string, unknown>,
  authorization?: string,
): unknown {
  const caller = authenticateCaller(context, authorization);
  if (caller.kind !== 'admin' && !entry.openToVirtualKeys) {
    const [, path] = entry.name.split(' ');
    const message =
      'Authentication Error, Only proxy admin can be used to generate, delete, update info for new keys/users/teams. ' +
      `Route=${path}. Your role=unknown.`;
    throw new LitellmError(403, message, 'auth_error');
  }
  return entry.route(context, input, caller);
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parseBody(body: Buffer): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new LitellmError(422, 'body: JSON decode error', 'bad_request_error');
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new LitellmError(422, 'body: Input should be a valid dictionary', 'bad_request_error');
}

function toNotFound(): JsonAnswer {
  return { status: 404, body: { detail: 'Not Found' } };
}

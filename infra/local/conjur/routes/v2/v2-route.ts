import type { Edition } from '../../edition.ts';
import type { Reply } from '../../http/reply.ts';
import { ReplyError } from '../../http/reply-error.ts';
import type { Route, RouteInput } from '../../http/route.ts';

/** What a client must accept to reach the V2 API, and what it then gets. */
const V2_TYPE = /application\/x\.secretsmgr\.v2(?:beta)?\+json/;

/** A self-hosted server has no other version of its branches, groups and authenticators. */
const BETA_TYPE = /application\/x\.secretsmgr\.v2beta\+json/;

function typeOf(edition: Edition): RegExp {
  return edition === 'saas' ? V2_TYPE : BETA_TYPE;
}

/** What a V2 route answers: a status and what becomes its JSON body, if any. */
export interface V2Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** A route of the V2 API: only for clients that accept its media type, with parameters and faults in its own form. */
export function v2Route(
  method: Route['method'],
  path: string,
  handle: (input: RouteInput) => V2Answer,
  query: readonly string[] = [],
): Route {
  return {
    method,
    path,
    handle(input) {
      const { accept = '' } = input.request.headers;
      if (!typeOf(input.context.edition).test(accept))
        throw v2Error(input, 400, 'CONJ00194W This is the V2 API: accept application/x.secretsmgr.v2beta+json.');
      const unknown = [...input.request.query.keys()].filter((name) => !query.includes(name));
      if (unknown.length > 0) throw v2Error(input, 422, `Unexpected parameters: ${unknown.join(', ')}`);
      const { status, body } = handle(input);
      return v2Reply(input, status, body);
    },
  };
}

function v2Reply({ context, request }: RouteInput, status: number, body: unknown): Reply {
  const { accept = '' } = request.headers;
  const headers = {
    'content-type': typeOf(context.edition).test(accept) ? accept : 'application/x.secretsmgr.v2beta+json',
  };
  return { status, headers, body: body === undefined ? '' : JSON.stringify(body) };
}

/** A fault as the V2 API has it: `{"code": "404", "message"}`. */
export function v2Error(input: RouteInput, status: number, message: string): ReplyError {
  return new ReplyError(v2Reply(input, status, { code: String(status), message }), message);
}

/** 404 in the words of the API: a record that the asking role may not work with is not there for it. */
export function v2NotFound(input: RouteInput, kind: string, identifier: string): ReplyError {
  const title = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return v2Error(input, 404, `${title} '${identifier}' not found in account '${input.params.account}'`);
}

/** What a V2 request may say in its body. */
export interface BodyShape {
  readonly required: readonly string[];
  readonly optional?: readonly string[];
}

/**
 * Reads a JSON object.
 *
 * @throws {ReplyError} 400 for no body or no JSON, 422 for a parameter that is missing or not known.
 */
export function readBody(input: RouteInput, { required, optional = [] }: BodyShape): Record<string, unknown> {
  const body = parseObject(input);
  const missing = required.filter((name) => body[name] === undefined || body[name] === '');
  if (missing.length > 0) throw v2Error(input, 422, `CONJ00190W Missing required parameter: ${missing.join(', ')}`);
  const unknown = Object.keys(body).filter((name) => !required.includes(name) && !optional.includes(name));
  if (unknown.length > 0) throw v2Error(input, 422, `Unexpected parameters: ${unknown.join(', ')}`);
  return body;
}

function parseObject(input: RouteInput): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(input.request.body.toString());
  } catch {
    throw v2Error(input, 400, 'The body is not JSON.');
  }
  if (!isObject(body)) throw v2Error(input, 400, 'The body is not a JSON object.');
  if (Object.keys(body).length === 0) throw v2Error(input, 400, 'The body is empty.');
  return body;
}

/** Whether the value is an object, and not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Flat annotations: texts by name. 422 for anything else. */
export function readAnnotations(input: RouteInput, given: unknown): Record<string, string> {
  if (given === undefined) return {};
  if (isObject(given) && Object.values(given).every((value) => typeof value === 'string')) {
    return given as Record<string, string>;
  }
  throw v2Error(input, 422, "'annotations' must be an object of texts");
}

const PATH = /^[A-Za-z0-9\-_/]{1,500}$/;
const USER_PATH = /^[A-Za-z0-9@\-_/]{1,500}$/;

/** The full id of a role that a body names by `kind` and `id`. 422 when it cannot be one. */
export function readRole(input: RouteInput, given: unknown, kinds: readonly string[]): { kind: string; id: string } {
  const { kind, id } = isObject(given) ? given : {};
  if (typeof kind !== 'string' || !kinds.includes(kind))
    throw v2Error(input, 422, `'${kind}' is not one of ${kinds.join(', ')}`);
  const pattern = kind === 'user' ? USER_PATH : PATH;
  if (typeof id !== 'string' || !pattern.test(id)) throw v2Error(input, 422, `Wrong path '${id}'`);
  return { kind, id };
}

/** `offset` and `limit` of a listing; 422 when they are out of their bounds. */
export function readPage(input: RouteInput): { offset: number; limit: number } {
  const [offset, limit] = ['offset', 'limit'].map((name) => {
    const text = input.request.query.get(name);
    if (text === null) return undefined;
    const isGood = /^\d{1,9}$/.test(text) && (name === 'offset' || Number(text) <= 1000);
    if (!isGood) throw v2Error(input, 422, `'${name}' contains an invalid value`);
    return Number(text);
  });
  return { offset: offset ?? 0, limit: limit ?? (offset === undefined ? 1000 : 10) };
}

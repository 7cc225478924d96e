import type { IncomingMessage } from 'node:http';
import { badRequest } from './reply-error.ts';

/** One request as the routes see it. Path and query are taken from the request line as it came over the wire. */
export interface ConjurRequest {
  readonly method: string;
  /** The request target, path and query, undecoded. */
  readonly target: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly clientIp: string;
  readonly socket: IncomingMessage['socket'];
}

/**
 * The path that routes are matched against: still percent-encoded, runs of `/` made one and a trailing `/` dropped,
 * as Rails does it. Dot segments stay, because Conjur ids may contain them.
 */
export function toRoutePath(target: string): string {
  const path = (target.split('?', 1)[0] ?? '').replace(/\/{2,}/g, '/');
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path || '/';
}

/** Decodes one path parameter: `%XX` only, `+` stays a plus sign. Throws 400 when that cannot be done. */
export function decodeSegment(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    throw badRequest();
  }
}

/** The proxy that is believed when it says who it speaks for: one on the same machine. */
const TRUSTED_PROXY = '127.0.0.1';

/** The address that a request comes from: the last one that is no trusted proxy. */
export function toClientIp(remoteAddress: string | undefined, forwardedFor: string | string[] | undefined): string {
  const remote = (remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = String(forwardedFor ?? '')
    .split(/[,\s]+/)
    .filter((address) => address !== '');
  if (remote !== TRUSTED_PROXY || forwarded.length === 0) return remote;
  return forwarded.findLast((address) => address !== TRUSTED_PROXY) ?? forwarded[0] ?? remote;
}

/** The query string as parameters (`+` is a space). A semicolon separates them as an ampersand does. */
export function parseQuery(target: string): URLSearchParams {
  const at = target.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : target.slice(at + 1).replaceAll(';', '&'));
}

/** The last value of a query parameter, as Rails takes it; undefined where it is not given. */
export function queryValue(request: ConjurRequest, name: string): string | undefined {
  return request.query.getAll(name).at(-1);
}

/** Like `queryValue`, with an empty value read as absent. */
export function presentQueryValue(request: ConjurRequest, name: string): string | undefined {
  return queryValue(request, name) || undefined;
}

/** The number that a text starts with, else 0, as Ruby's `to_i` has it. */
export function toInteger(text: string): number {
  return Number.parseInt(text, 10) || 0;
}

/** Whether the client asks for base64 by listing it in `Accept-Encoding`. */
export function acceptsBase64(request: ConjurRequest): boolean {
  const encodings = String(request.headers['accept-encoding'] ?? '').split(',');
  return encodings.some((encoding) => encoding.trim().toLowerCase() === 'base64');
}

/** Longest path and query that the web server of a genuine Conjur (Puma) takes, in bytes. */
const LONGEST_PATH = 8192;
const LONGEST_QUERY = 10_240;

/** Whether a genuine Conjur's web server takes the request line: not too long, and two hex digits after every `%`. */
export function isRequestLineAccepted(target: string): boolean {
  const [path = '', ...query] = target.split('?');
  const isShort = path.length <= LONGEST_PATH && query.join('?').length <= LONGEST_QUERY;
  return isShort && !/%(?![\da-f]{2})/i.test(target);
}

/** Refuses (400) a query that cannot be decoded. A body is never read as parameters, whatever its content type says. */
export function checkParameters(request: ConjurRequest): void {
  const at = request.target.indexOf('?');
  if (at >= 0) decodeSegment(request.target.slice(at + 1));
}

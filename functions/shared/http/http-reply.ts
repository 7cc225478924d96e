import { ConjurError } from '../../../lib/errors/conjur-error.ts';

/** What API Gateway and function URLs take as the answer of a function. */
export interface HttpReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Lambda takes 6 MB of answer; some of it is for the envelope around the body. */
export const MAX_REPLY_BYTES = 6 * 1024 * 1024 - 64 * 1024;

/** Nothing in between may keep what may be a secret (RFC 9111, section 5.2.2.5). */
const NO_STORE = { 'cache-control': 'no-store' };

/** @throws ConjurError `payload_too_large` */
export function jsonReply(statusCode: number, body: unknown, headers: Record<string, string> = {}): HttpReply {
  const text = JSON.stringify(body);
  assertFits(Buffer.byteLength(text));
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...NO_STORE, ...headers },
    body: text,
    isBase64Encoded: false,
  };
}

/** @throws ConjurError `payload_too_large` */
export function bytesReply(bytes: Buffer, contentType: string): HttpReply {
  const body = bytes.toString('base64');
  assertFits(body.length);
  return { statusCode: 200, headers: { 'content-type': contentType, ...NO_STORE }, body, isBase64Encoded: true };
}

/** `application/problem+json`: RFC 9457, with the code as an extension member. */
export function problemReply(error: ConjurError, headers: Record<string, string> = {}): HttpReply {
  const problem = {
    type: 'about:blank',
    title: TITLES.get(error.status) ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
  };
  // The only 405 is of a deletion, and RFC 9110 (section 15.5.6) asks for the methods that the resource does have.
  const allow = error.code === 'delete_not_supported' ? { allow: 'GET, PUT' } : {};
  const retry = error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) };
  return {
    statusCode: error.status,
    headers: { 'content-type': 'application/problem+json', ...NO_STORE, ...allow, ...retry, ...headers },
    body: JSON.stringify(problem),
    isBase64Encoded: false,
  };
}

/** @throws ConjurError `payload_too_large` */
export function assertFits(bytes: number): void {
  if (bytes <= MAX_REPLY_BYTES) return;
  throw new ConjurError(
    'payload_too_large',
    'The answer is larger than the 6 MB that Lambda takes. Ask for fewer secrets at once; read a single one of this size from Conjur itself.',
  );
}

// RFC 9457 asks for the status's own phrase where the type is about:blank. Written out: node:http, which has the list, is slow to load.
const TITLES = new Map([
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [413, 'Content Too Large'],
  [422, 'Unprocessable Content'],
  [500, 'Internal Server Error'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Gateway Timeout'],
]);

import { isUtf8 } from 'node:buffer';
import { ConjurError } from '../../lib/errors.ts';
import { exposeUncopied, type Secret } from '../../lib/secret.ts';
import type { EncodedValue } from '../contract/answers.ts';
import type { FunctionError } from '../contract/error-codes.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of what may be an object; none where it is not. For events, whose parts may be missing or of another kind. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : NO_FIELDS;
}

const NO_FIELDS: Fields = Object.freeze({});

/**
 * A header of an event by its name, whatever its case (RFC 9110, section 5.1). An HTTP API and a function URL write names in lower case, a
 * REST API as the caller did.
 * @param name in lower case
 */
export function headerOf(headers: Fields, name: string): string | undefined {
  const value = headers[name] ?? headers[keyOf(headers, name)];
  return typeof value === 'string' ? value : undefined;
}

function keyOf(headers: Fields, name: string): string {
  for (const key in headers) if (key.length === name.length && key.toLowerCase() === name) return key;
  return name;
}

/**
 * The headers of an event, by their name in lower case. One that came more than once an HTTP API and a function URL join by commas (RFC 9110,
 * section 5.3). A REST API gives the last one, and all of them beside it: here they are joined too, so that no half is passed over.
 */
function readHeaders(event: Fields): (name: string) => string | undefined {
  const headers = fieldsOf(event.headers);
  const lists = Object.entries(fieldsOf(event.multiValueHeaders));
  if (lists.length === 0) return (name) => headerOf(headers, name);
  return (name) => {
    const values = lists.flatMap(([key, list]) => (key.toLowerCase() === name && Array.isArray(list) ? list : []));
    return values.length > 1 ? values.join(', ') : headerOf(headers, name);
  };
}

/** True for what a front of HTTP sends; anything else is a direct invocation. */
export function isHttpEvent(event: unknown): event is Record<string, unknown> {
  if (typeof event !== 'object' || event === null) return false;
  const { requestContext, httpMethod } = event as Record<string, unknown>;
  if (typeof requestContext !== 'object' || requestContext === null) return isLatticeEvent(event as Fields);
  if (typeof httpMethod === 'string' || typeof (requestContext as Record<string, unknown>).http === 'object')
    return true;
  return isLatticeEvent(event as Fields);
}

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/lambda-functions.html */
function isLatticeEvent(event: Fields): boolean {
  if (typeof event.method !== 'string') return false;
  return typeof event.raw_path === 'string' || 'serviceNetworkArn' in fieldsOf(event.requestContext);
}

/** Half of such an event would be understood, and the other half taken for a value. */
function assertKnownFront(event: Fields): void {
  const front =
    'elb' in fieldsOf(event.requestContext)
      ? 'an Application Load Balancer'
      : isLatticeEvent(event)
        ? 'VPC Lattice'
        : undefined;
  if (front === undefined) return;
  throw new ConjurError(
    'invalid_request',
    `The functions take no requests from ${front}. Put API Gateway (HTTP or REST API) or a function URL in front of them, or invoke them directly.`,
  );
}

/** An HTTP request, whichever front it came through: HTTP API, REST API or function URL. */
export interface HttpCall {
  readonly method: string;
  /** Decoded path from the first segment that is one of ours, such as `/secrets/app/db password`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer | undefined;
}

/**
 * Reads an event of API Gateway (payload 1.0 and 2.0) or of a function URL.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @throws ConjurError `invalid_request`
 */
export function parseHttpEvent(event: Fields): HttpCall {
  assertKnownFront(event);
  const http = fieldsOf(fieldsOf(event.requestContext).http);
  const header = readHeaders(event);
  return {
    method: textOf(event.httpMethod ?? http.method).toUpperCase(),
    path: parsePath(event),
    query: parseQuery(event),
    header,
    body: parseBody(event, header),
  };
}

/**
 * An HTTP API hands the path over decoded. A REST API and a function URL hand it over as it was sent: see {@link isOfHttpApi}.
 *
 * Which call it is says the route that the front has matched, and not the path: a stage or the base path of a custom domain may stand
 * in front of that, and may be called like one of our segments.
 */
function parsePath(event: Fields): string {
  const toDecoded = isOfHttpApi(event) ? (text: string) => text : decode;
  const { fixed, parameter, ofSecrets } = parseRoute(textOf(event.resource ?? event.routeKey));
  if (fixed !== undefined) return fixed;
  const value = parameter === undefined ? undefined : fieldsOf(event.pathParameters)[parameter];
  if (typeof value === 'string') return ofSecrets ? `/secrets/${toDecoded(value)}` : toDecoded(`/${value}`);
  return toDecoded(stripFront(textOf(event.rawPath ?? event.path)));
}

/**
 * Only an HTTP API names a `version` in payload 1.0, and its route in `routeKey`. `$default` is that of a function URL too, which has a
 * domain of its own; to decode twice what came decoded would make `a%2541` the name `aA`.
 */
function isOfHttpApi({ version, routeKey, requestContext }: Fields): boolean {
  if (version === '1.0') return true;
  if (routeKey !== '$default') return typeof routeKey === 'string';
  const { domainName } = fieldsOf(requestContext);
  return typeof domainName === 'string' && !domainName.includes('.lambda-url.');
}

/** The calls whose path is always the same. */
const ROUTES = ['/secrets', '/virtual-keys', '/rotations', '/health'] as const;

/** What a route says of the path. */
interface Route {
  /** The path, where it is always the same. */
  readonly fixed?: string | undefined;
  /** Name of the parameter that takes the rest of the path, as in `/secrets/{name+}`. */
  readonly parameter?: string | undefined;
  readonly ofSecrets?: boolean;
}

let lastRoute: { readonly key: string; readonly route: Route } = { key: '$default', route: {} };

/**
 * A container is mostly called by one route, so that the last one is remembered.
 * @param key with or without a method: `GET /secrets/{name+}`; `$default` says nothing
 */
function parseRoute(key: string): Route {
  if (key !== lastRoute.key) lastRoute = { key, route: toRoute(key.replace(/^[A-Z]+ /, '')) };
  return lastRoute.route;
}

function toRoute(path: string): Route {
  const fixed = ROUTES.find((known) => path.endsWith(known));
  if (fixed !== undefined) return { fixed };
  const [, before, parameter] = /(.*)\/\{(\w+)\+\}$/s.exec(path) ?? [];
  return { parameter, ofSecrets: before?.endsWith('/secrets') === true };
}

/** Of `$default` alone: our first segments; a stage or the base path of a custom domain may stand before them. */
const FIRST_SEGMENT = /\/(?:secrets|virtual-keys|rotations|health)(?=\/|$)/;

function stripFront(path: string): string {
  const first = FIRST_SEGMENT.exec(path);
  return first === null ? path : path.slice(first.index);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new ConjurError(
      'invalid_request',
      'The path is not url-encoded correctly: a % must be followed by two hexadecimal digits. Encode a literal % as %25.',
      {
        cause: error,
      },
    );
  }
}

/** Most calls have none, and making one is a good part of reading an event. Nobody writes to it. */
const NO_QUERY = new URLSearchParams();

/** Payload 2.0 joins repeated parameters by commas; only the raw string tells them from a comma in a value. */
function parseQuery(event: Fields): URLSearchParams {
  if (event.rawQueryString === '') return NO_QUERY;
  if (typeof event.rawQueryString === 'string') return new URLSearchParams(event.rawQueryString);
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(fieldsOf(event.multiValueQueryStringParameters))) {
    for (const value of Array.isArray(values) ? values : []) query.append(name, toText(value));
  }
  if (query.size > 0) return query;
  for (const [name, value] of Object.entries(fieldsOf(event.queryStringParameters))) query.append(name, toText(value));
  return query;
}

/** A front sends texts; a number may stand in an event that was written by hand. */
function toText(value: unknown): string {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value);
}

/** @throws ConjurError `invalid_request` for a body that is compressed or no text, either of which would be stored as it is */
function parseBody(event: Fields, header: HttpCall['header']): Buffer | undefined {
  if (typeof event.body !== 'string' || event.body === '') return undefined;
  const coding = header('content-encoding')?.trim().toLowerCase() ?? '';
  if (coding !== '' && coding !== 'identity')
    throw new ConjurError('invalid_request', 'The body is compressed (content-encoding). Send it uncompressed.');
  if (event.isBase64Encoded === true) return Buffer.from(event.body, 'base64');
  assertWellFormed(event.body, 'The body');
  return Buffer.from(event.body, 'utf8');
}

/**
 * Half of a surrogate pair is no character: it would be stored as U+FFFD, and be another value.
 * @throws ConjurError `invalid_request`
 */
export function assertWellFormed(text: string, what: string): void {
  if (text.isWellFormed()) return;
  throw new ConjurError(
    'invalid_request',
    `${what} holds half of a surrogate pair, which is no character. Send bytes as base64 ("encoding":"base64").`,
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A parameter's name comes from the caller: one that does not look like a name may be a value in its place. */
const PARAMETER_NAME = /^[\w-]{1,30}$/;
/** A request that is signed in its query (SigV4) has its signature there: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const SIGNATURE = /^x-amz-/i;

/**
 * Refuses parameters that a call does not take: a slip of the pen such as `?verison=3` would otherwise read another version. So would the
 * second of two versions, which whoever looks at the request on its way (a REST API's authorizer) may take for the one that counts.
 * @param repeatable those that may stand there more than once
 * @throws ConjurError `invalid_request`
 */
export function assertParameters(
  query: URLSearchParams,
  known: readonly string[],
  repeatable: readonly string[] = [],
): void {
  if (query.size === 0) return;
  const twice = known.find((name) => !repeatable.includes(name) && query.getAll(name).length > 1);
  if (twice !== undefined)
    throw new ConjurError('invalid_request', `The query has the parameter "${twice}" more than once. Give it once.`);
  const unknown = [...query.keys()].find((name) => !known.includes(name) && !SIGNATURE.test(name));
  if (unknown === undefined) return;
  const what = PARAMETER_NAME.test(unknown) ? `the parameter "${unknown}"` : 'a parameter';
  const taken = known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`;
  throw new ConjurError('invalid_request', `The query has ${what}, which this call does not take. ${taken}`);
}

/** `true` or `false`; undefined where it is not given. @throws ConjurError `invalid_request` */
export function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false')
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be true or false.`);
  return text === 'true';
}

/** A whole number; undefined where it is not given. @throws ConjurError `invalid_request` */
export function parseNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be a whole number.`);
  return Number(text);
}

/** API Gateway routes only what a function serves; a function URL sends it everything. */
export function unknownRoute(call: HttpCall, served: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `${call.method} of this path is not served by this function. It serves ${served}.`,
  );
}

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
  // A character is three bytes of UTF-8 at most: only what is long is counted.
  if (text.length > MAX_REPLY_BYTES / 3) assertFits(Buffer.byteLength(text));
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
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
export function problemReply(error: FunctionError, headers: Record<string, string> = {}): HttpReply {
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
export function assertFits(
  bytes: number,
  advice = 'Ask for fewer secrets at once; read a single one of this size from Conjur itself.',
): void {
  if (bytes <= MAX_REPLY_BYTES) return;
  throw new ConjurError('payload_too_large', `The answer is larger than the 6 MB that Lambda takes. ${advice}`);
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

/** Text where the bytes are UTF-8, base64 where they are not: JSON cannot carry them otherwise. */
export function encodeValue(secret: Secret): EncodedValue {
  const bytes = exposeUncopied(secret);
  if (isUtf8(bytes)) return { value: secret.expose(), encoding: 'utf-8' };
  return { value: bytes.toString('base64'), encoding: 'base64' };
}

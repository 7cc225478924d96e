import { ConjurError } from '../../../lib/errors/conjur-error.ts';
import { type Fields, fieldsOf } from '../fields-of.ts';
import { headerOf } from './header-of.ts';
import type { HttpCall } from './http-call.ts';

/**
 * Reads an event of API Gateway (payload 1.0 and 2.0) or of a function URL.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 * @throws ConjurError `invalid_request`
 */
export function parseHttpEvent(event: Fields): HttpCall {
  const http = fieldsOf(fieldsOf(event.requestContext).http);
  const headers = fieldsOf(event.headers);
  return {
    method: textOf(event.httpMethod ?? http.method).toUpperCase(),
    path: parsePath(event),
    query: parseQuery(event),
    header: (name) => headerOf(headers, name),
    body: parseBody(event),
  };
}

/**
 * An HTTP API hands the path over decoded. A REST API and a function URL hand it over as it was sent. Only the former names its route
 * in `routeKey` or, in payload 1.0, a `version`.
 */
function parsePath(event: Fields): string {
  const fromHttpApi = event.version === '1.0' || (typeof event.routeKey === 'string' && event.routeKey !== '$default');
  const name = fieldsOf(event.pathParameters).name;
  const route = textOf(event.resource ?? event.routeKey);
  // A stage or a mapped domain may stand in front of the path, but never in front of a path parameter.
  if (typeof name === 'string' && route.endsWith('/secrets/{name+}'))
    return `/secrets/${fromHttpApi ? name : decode(name)}`;
  const path = stripFront(textOf(event.rawPath ?? event.path));
  return fromHttpApi ? path : decode(path);
}

/** Our first segments; a stage or the base path of a custom domain may stand before them. */
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

function parseBody(event: Fields): Buffer | undefined {
  if (typeof event.body !== 'string' || event.body === '') return undefined;
  return Buffer.from(event.body, event.isBase64Encoded === true ? 'base64' : 'utf8');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

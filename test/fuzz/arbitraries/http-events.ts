import type { Call } from './calls.ts';

/** The fronts that send HTTP to a function. */
export const FRONTS = ['http-api-v2', 'http-api-v1', 'rest-api', 'function-url'] as const;

export type Front = (typeof FRONTS)[number];

/**
 * The event that a front makes of a call, as AWS documents it: an HTTP API hands over the path decoded, a REST API and a function URL as
 * it came; payload 2.0 joins repeated query parameters by commas and keeps the raw text, payload 1.0 has them in lists.
 */
export function toHttpEvent(front: Front, call: Call, isBase64: boolean): Record<string, unknown> {
  const encodedPath = call.path.split('/').map(encode).join('/');
  const isV2 = front === 'http-api-v2' || front === 'function-url';
  const decoded = front === 'http-api-v2' || front === 'http-api-v1';
  const path = decoded ? call.path : encodedPath;
  const template = /^\/secrets\/./su.test(call.path) ? '/secrets/{name+}' : call.path;
  const name = path.slice('/secrets/'.length);
  const pathParameters = template === '/secrets/{name+}' && front !== 'function-url' ? { name } : null;
  return {
    ...(isV2 ? toV2(front, call, path, template) : toV1(front, call, path, template)),
    pathParameters,
    headers: { 'X-Correlation-Id': call.method, ...call.headers },
    body: toBody(call.body, isBase64),
    isBase64Encoded: isBase64 && call.body !== undefined,
  };
}

function toV2(front: Front, call: Call, path: string, template: string): Record<string, unknown> {
  return {
    version: '2.0',
    routeKey: front === 'function-url' ? '$default' : `${call.method} ${template}`,
    rawPath: path,
    rawQueryString: call.query.map(([key, value]) => `${encode(key)}=${encode(value)}`).join('&'),
    queryStringParameters: joined(call.query),
    requestContext: {
      http: { method: call.method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1' },
      requestId: 'r',
      stage: '$default',
    },
  };
}

function toV1(front: Front, call: Call, path: string, template: string): Record<string, unknown> {
  const lists: Record<string, string[]> = {};
  for (const [key, value] of call.query) lists[key] = [...(lists[key] ?? []), value];
  return {
    ...(front === 'http-api-v1' ? { version: '1.0' } : {}),
    resource: template,
    path,
    httpMethod: call.method,
    multiValueHeaders: {},
    queryStringParameters: call.query.length === 0 ? null : Object.fromEntries(call.query),
    multiValueQueryStringParameters: call.query.length === 0 ? null : lists,
    requestContext: { httpMethod: call.method, path, stage: 'prod', requestId: 'r', identity: {} },
  };
}

function joined(query: Call['query']): Record<string, string> {
  const all: Record<string, string> = {};
  for (const [key, value] of query) all[key] = key in all ? `${all[key]},${value}` : value;
  return all;
}

function toBody(body: Call['body'], isBase64: boolean): string | undefined {
  if (body === undefined) return undefined;
  return Buffer.from(body).toString(isBase64 ? 'base64' : 'utf8');
}

/** A client cannot send half a surrogate pair: it arrives as U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

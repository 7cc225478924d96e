import { describe, expect, it } from 'vitest';
import { parseCorrelationId } from '../../../../functions/runtime/invocation-log.ts';

const http = (headers: Record<string, string>) => ({
  requestContext: { http: { method: 'GET' }, requestId: 'of-the-api' },
  headers,
});
const context = { awsRequestId: 'of-lambda' };
const withCustom = (custom: Record<string, unknown>) =>
  ({ ...context, clientContext: { custom } }) as unknown as Parameters<typeof parseCorrelationId>[1];

describe('the correlation id', () => {
  it.each([
    ["is the caller's, by header", http({ 'X-Correlation-Id': 'order-17' }), context, 'order-17'],
    ["is API Gateway's where the caller sends none", http({}), context, 'of-the-api'],
    ["is the caller's, by client context", { name: 'a' }, withCustom({ 'x-correlation-id': 'order-17' }), 'order-17'],
    ["is Lambda's where a direct caller sends none", { name: 'a' }, context, 'of-lambda'],
    ['is not what could break a header', http({ 'x-correlation-id': 'a\r\nset-cookie: b' }), context, 'of-the-api'],
    ['may be long', http({ 'x-correlation-id': 'a'.repeat(128) }), context, 'a'.repeat(128)],
    ['does not begin with what could break a line', http({ 'x-correlation-id': '"a' }), context, 'of-the-api'],
    ['does not end with it', http({ 'x-correlation-id': 'a"' }), context, 'of-the-api'],
    [
      "is the caller's, by what the type calls Custom",
      { name: 'a' },
      { ...context, clientContext: { Custom: { 'x-correlation-id': 'order-17' } } } as never,
      'order-17',
    ],
    ['is not longer than an id', http({ 'x-correlation-id': 'a'.repeat(129) }), context, 'of-the-api'],
    ['is not what is no text', { name: 'a' }, withCustom({ 'x-correlation-id': { a: 1 } }), 'of-lambda'],
  ])('%s', (_, event, given, expected) => {
    expect(parseCorrelationId(event, given)).toBe(expected);
  });
});

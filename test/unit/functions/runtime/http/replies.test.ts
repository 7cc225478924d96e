import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  createFunctionError,
  FUNCTION_ERROR_STATUS,
  type FunctionErrorCode,
} from '../../../../../functions/contract/error-codes.ts';
import {
  assertFits,
  bytesReply,
  encodeValue,
  jsonReply,
  MAX_REPLY_BYTES,
  problemReply,
} from '../../../../../functions/runtime/http.ts';
import { ConjurError } from '../../../../../lib/errors.ts';
import { Secret } from '../../../../../lib/secret.ts';

const TOO_LARGE = expect.objectContaining({ code: 'payload_too_large' });

describe('an answer over HTTP', () => {
  it('is JSON that nobody may keep', () => {
    expect(jsonReply(201, { a: 1 }, { allow: 'GET' })).toEqual({
      statusCode: 201,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', allow: 'GET' },
      body: '{"a":1}',
      isBase64Encoded: false,
    });
  });

  it('is bytes of their own type, which nobody may keep', () => {
    expect(bytesReply(Buffer.from([255]), 'image/png')).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'image/png', 'cache-control': 'no-store' },
      body: '/w==',
      isBase64Encoded: true,
    });
  });

  it('is as large as Lambda takes, less what the envelope needs, and no larger', () => {
    expect(MAX_REPLY_BYTES).toBe(6_225_920);
    assertFits(MAX_REPLY_BYTES);
    expect(() => assertFits(MAX_REPLY_BYTES + 1)).toThrow(TOO_LARGE);
    const quotes = 2;
    expect(jsonReply(200, 'a'.repeat(MAX_REPLY_BYTES - quotes)).body).toHaveLength(MAX_REPLY_BYTES);
    expect(() => jsonReply(200, 'a'.repeat(MAX_REPLY_BYTES - quotes + 1))).toThrow(TOO_LARGE);
    // Three bytes each.
    expect(() => jsonReply(200, '€'.repeat(Math.ceil(MAX_REPLY_BYTES / 3)))).toThrow(TOO_LARGE);
    expect(() => bytesReply(Buffer.alloc((MAX_REPLY_BYTES / 4) * 3 + 3), 'text/plain')).toThrow(TOO_LARGE);
  });
});

describe('a problem', () => {
  /** What Node's list does not call as RFC 9110 does. */
  const RENAMED: Readonly<Record<number, string>> = { 413: 'Content Too Large', 422: 'Unprocessable Content' };

  it.each(Object.entries(FUNCTION_ERROR_STATUS))('of %s has the words of its status, %i', (code, status) => {
    const { statusCode, headers, body, isBase64Encoded } = problemReply(
      createFunctionError(code as FunctionErrorCode, 'What to do.'),
    );
    expect([statusCode, isBase64Encoded]).toEqual([status, false]);
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
    const title = RENAMED[status] ?? STATUS_CODES[status];
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title, status, detail: 'What to do.', code });
  });

  it('of an odd status is called an error', () => {
    expect(JSON.parse(problemReply(new ConjurError('internal', 'x', { status: 599 })).body).title).toBe('Error');
  });

  it('of a deletion says which methods there are, and of what may pass when to come again', () => {
    expect(problemReply(createFunctionError('delete_not_supported', 'x')).headers.allow).toBe('GET, PUT');
    expect(problemReply(createFunctionError('forbidden', 'x')).headers).not.toHaveProperty('allow');
    const away = createFunctionError('upstream_unavailable', 'x', { retryAfterSeconds: 7 });
    expect(problemReply(away, { 'x-more': 'a' }).headers).toMatchObject({ 'retry-after': '7', 'x-more': 'a' });
    expect(problemReply(createFunctionError('forbidden', 'x')).headers).not.toHaveProperty('retry-after');
  });
});

it.each([
  [Secret.of('é'), { value: 'é', encoding: 'utf-8' }],
  [Secret.of(Buffer.from([255])), { value: '/w==', encoding: 'base64' }],
])('a value is text where it is one, and else base64', (secret, encoded) => {
  expect(encodeValue(secret)).toEqual(encoded);
});

import { isUtf8 } from 'node:buffer';
import * as v from 'valibot';
import { ConjurError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';

/**
 * The inverse of `encodeValue`. Base64 (RFC 4648, section 4) is taken strictly, since what a lenient decoder drops would be a value
 * that nobody meant.
 * @throws ConjurError `invalid_request`
 */
export function decodeValue(value: string, encoding: 'utf-8' | 'base64' = 'utf-8'): Secret {
  if (encoding === 'utf-8') return Secret.of(value);
  const bytes = Buffer.from(value, 'base64');
  // What a lenient decoder passes over is missing when it is encoded again. A regular expression would overflow on megabytes.
  if (bytes.toString('base64') !== value)
    throw new ConjurError(
      'invalid_request',
      'The value is not base64, though its encoding says so. Encode it by RFC 4648, section 4, with padding.',
    );
  return Secret.of(bytes);
}

/**
 * Checks input by a schema. The message says which field is wrong and what it should be, and never what it was: that may be a secret.
 * @throws ConjurError `invalid_request`
 */
export function parseInput<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  what: string,
): v.InferOutput<Schema> {
  // Valibot takes a list for an object whose fields are 0, 1 and so on.
  if (Array.isArray(input)) throw new ConjurError('invalid_request', `${what} must be a JSON object, and not a list.`);
  assertNoDroppedKey(input, what);
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  // A check of our own explains itself better than its schema could.
  const explained = result.issues.find(({ type }) => type === 'raw_check');
  if (explained !== undefined) throw new ConjurError('invalid_request', explained.message);
  const problems = result.issues.slice(0, 5).map(toProblem);
  throw new ConjurError('invalid_request', `Invalid request: ${problems.join('; ')}.`);
}

/** Fields of these names valibot leaves out without a word, as a guard of prototypes. An annotation must not vanish like that. */
const DROPPED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** No call's fields lie deeper; what does is refused by its schema. */
const MAX_DEPTH = 5;

function assertNoDroppedKey(input: unknown, what: string, depth = 1): void {
  if (typeof input !== 'object' || input === null || depth > MAX_DEPTH) return;
  for (const [key, value] of Object.entries(input)) {
    if (DROPPED_KEYS.has(key))
      throw new ConjurError('invalid_request', `${what} has a field "${key}", which cannot be taken. Rename it.`);
    assertNoDroppedKey(value, what, depth + 1);
  }
}

/** Where the problem is. A field's name comes from the caller too: one that does not look like a name may be a value in its place. */
function toPlace(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (path === null) return 'the input';
  const known = path.split('.').map((part) => (FIELD_NAME.test(part) ? part : '(a name left out)'));
  return known.join('.');
}

/** An index, or a short word: every field of a call is one, and so are most slips of the pen. */
const FIELD_NAME = /^(?:\d{1,4}|[a-z_]{1,20})$/i;

function toProblem(issue: v.BaseIssue<unknown>): string {
  const place = toPlace(issue);
  if (issue.type === 'strict_object' && issue.expected === 'never') return `unknown field "${place}"`;
  if (issue.received === 'undefined') return `${place} is missing`;
  // What a check of our own asks for stands in its message.
  if (issue.type === 'check') return `${place} must be ${issue.message}`;
  const isForm = issue.requirement instanceof RegExp;
  return `${place} must be ${isForm ? 'of the documented form' : (issue.expected ?? 'within its bounds')}`;
}

/**
 * Parses a JSON body.
 * @throws ConjurError `invalid_request`, without the parser's own message: that quotes the body
 */
export function parseJsonBody(body: Buffer | undefined, example: string): unknown {
  if (body === undefined)
    throw new ConjurError('invalid_request', `The request has no body. Send JSON such as ${example}.`);
  if (!isUtf8(body))
    throw new ConjurError(
      'invalid_request',
      'The body is not UTF-8, as JSON must be (RFC 8259, section 8.1). Encode it so.',
    );
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new ConjurError('invalid_request', `The body is not JSON. Send JSON such as ${example}.`);
  }
}

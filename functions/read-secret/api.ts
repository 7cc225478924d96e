import { ConjurError } from '../../lib/errors.ts';
import { parseVariableName } from '../../lib/names.ts';
import { exposeUncopied } from '../../lib/secret.ts';
import type { SecretValue } from '../../lib/secrets/read-secret.ts';
import type { InvokedHealth, InvokedSecret, Wire, WireBatch, WirePage } from '../contract/answers.ts';
import type { ReadRequest } from '../contract/read-secret.ts';
import type { FunctionDefinition } from '../runtime/create-function.ts';
import {
  assertFits,
  assertParameters,
  bytesReply,
  encodeValue,
  type Fields,
  fieldsOf,
  type HttpCall,
  type HttpReply,
  jsonReply,
  parseFlag,
  parseNumber,
  unknownRoute,
} from '../runtime/http.ts';
import { type ReadAnswer, read } from './read.ts';

/** Where the next page begins, as a text that a caller hands back unread. */
export function toCursor(offset: number): string {
  return Buffer.from(`o${offset}`).toString('base64url');
}

/**
 * A name alone, which most calls are, is checked without a schema: schemas and their library are a sixth of what a start would load, and
 * are loaded by the first call that needs them.
 */
const loadSchemas = () => import('./checked-request.ts');

/** @throws ConjurError `invalid_request`, or rejects with it */
export function parseDirect(payload: unknown): ReadRequest | Promise<ReadRequest> {
  const fields = fieldsOf(payload);
  if ('names' in fields) return loadSchemas().then(({ checkMany }) => checkMany(payload, 'The call'));
  if ('list' in fields) return loadSchemas().then(({ checkList }) => checkList(payload, 'The call'));
  if ('health' in fields) return loadSchemas().then(({ checkHealth }) => checkHealth(payload, 'The call'));
  if (!('name' in fields)) {
    throw new ConjurError(
      'invalid_request',
      'The call must be an object with "name", "names", "list" or "health", such as {"name":"app/db/password"}.',
    );
  }
  return parseOneOf(fields, 'The call', false);
}

/**
 * Reads what asks for one secret.
 * @param what the input, for messages
 * @param raw whether the bytes themselves are the answer
 */
function parseOneOf(input: Fields, what: string, raw: boolean): ReadRequest | Promise<ReadRequest> {
  const name = nameAlone(input);
  if (name === undefined) return loadSchemas().then(({ checkOne }) => checkOne(input, what, raw));
  return { kind: 'one', name: parseVariableName(name), version: undefined, fresh: false, raw };
}

/** The name, where nothing else is given. */
function nameAlone(input: Fields): string | undefined {
  for (const field of Object.keys(input)) if (field !== 'name' && input[field] !== undefined) return undefined;
  return typeof input.name === 'string' ? input.name : undefined;
}

const PREFIX = '/secrets/';

/**
 * `GET /secrets/{name+}`, `GET /secrets?name=a&name=b`, `GET /secrets`, `GET /health`
 * @throws ConjurError `invalid_request`, or rejects with it
 */
export function parseHttp(call: HttpCall): ReadRequest | Promise<ReadRequest> {
  if (call.method !== 'GET') throw unknownRoute(call, 'GET /secrets, GET /secrets/{name} and GET /health');
  if (call.path === '/health') return parseHealth(call);
  if (call.path.startsWith(PREFIX)) return parseOne(call);
  if (call.path !== '/secrets') throw unknownRoute(call, 'GET /secrets, GET /secrets/{name} and GET /health');
  return call.query.has('name') ? parseMany(call) : parseList(call);
}

function parseHealth({ query }: HttpCall): ReadRequest {
  assertParameters(query, []);
  return { kind: 'health' };
}

async function parseMany({ query }: HttpCall): Promise<ReadRequest> {
  assertParameters(query, ['name', 'fresh'], ['name']);
  const input = { names: query.getAll('name'), fresh: parseFlag(query, 'fresh') };
  return (await loadSchemas()).checkMany(input, 'The query');
}

async function parseList({ query }: HttpCall): Promise<ReadRequest> {
  assertParameters(query, ['name', 'search', 'limit', 'cursor']);
  const list = {
    search: query.get('search') ?? undefined,
    limit: parseNumber(query, 'limit'),
    cursor: query.get('cursor') ?? undefined,
  };
  return (await loadSchemas()).checkPage(list, 'The query');
}

function parseOne(call: HttpCall): ReadRequest | Promise<ReadRequest> {
  assertParameters(call.query, ['version', 'fresh']);
  const input = {
    name: call.path.slice(PREFIX.length),
    version: parseNumber(call.query, 'version'),
    fresh: parseFlag(call.query, 'fresh'),
  };
  return parseOneOf(input, 'The request', prefersBytes(call.header('accept')));
}

const BYTES = 'application/octet-stream';

/** The bytes as they are, where they are asked for by name; a wildcard means JSON. */
function prefersBytes(accept = ''): boolean {
  const ranges = accept.toLowerCase();
  return ranges.includes(BYTES) && ranges.split(',').some((range) => range.split(';')[0]?.trim() === BYTES);
}

/** The answer as JSON, in the form that HTTP and direct calls share. */
export function toBody(
  answer: ReadAnswer,
): Wire<InvokedSecret> | WireBatch<InvokedSecret> | WirePage | Wire<InvokedHealth> {
  switch (answer.kind) {
    case 'one':
      return toSecret(answer.secret);
    case 'many':
      return {
        secrets: answer.result.items.map(toSecret),
        errors: answer.result.errors.map(({ name, error }) => ({ name, code: error.code, message: error.message })),
      };
    case 'list':
      return {
        secrets: answer.variables.map(({ name, version, createdAt }) => ({
          name,
          version: version ?? null,
          created_at: createdAt ?? null,
        })),
        cursor: answer.nextOffset === undefined ? null : toCursor(answer.nextOffset),
      };
    case 'health': {
      const { ok, account, login, tokenAgeSeconds } = answer.health;
      return { ok, account, login, token_age_seconds: tokenAgeSeconds };
    }
  }
}

/** `stale` stands only where it is true: Conjur failed, and the value comes from the cache past its time. */
function toSecret({ name, value, stale }: SecretValue): Wire<InvokedSecret> {
  const { value: text, encoding } = encodeValue(value);
  return stale ? { name, value: text, encoding, stale } : { name, value: text, encoding };
}

/** @throws ConjurError `payload_too_large` */
export function toReply(request: ReadRequest, answer: ReadAnswer): HttpReply {
  if (answer.kind === 'one' && request.kind === 'one' && request.raw)
    return bytesReply(exposeUncopied(answer.secret.value), 'application/octet-stream');
  return jsonReply(200, toBody(answer));
}

/** @throws ConjurError `payload_too_large` */
export function toDirect(_request: ReadRequest, answer: ReadAnswer): unknown {
  const body = toBody(answer);
  // Only what holds values can come near the limit, so that the common small answer is not serialised twice.
  if (sizeOf(answer) > 500_000) assertFits(Buffer.byteLength(JSON.stringify(body)));
  return body;
}

function sizeOf(answer: ReadAnswer): number {
  if (answer.kind === 'one') return answer.secret.value.byteLength;
  if (answer.kind === 'many') return answer.result.items.reduce((sum, { value }) => sum + value.byteLength, 0);
  return 0;
}

/** read-secret without a container, so that a test can give it one of its own. */
export const readSecretFunction: FunctionDefinition<ReadRequest, ReadAnswer> = {
  name: 'read-secret',
  parseHttp,
  parseDirect,
  connect: (container) => container,
  handle: read,
  toReply,
  toDirect,
  describe,
};

function describe(request: ReadRequest): Record<string, unknown> {
  if (request.kind === 'one') return { call: 'read', name: request.name };
  if (request.kind === 'many') return { call: 'read-many', count: request.names.length };
  return { call: request.kind };
}

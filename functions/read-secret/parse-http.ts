import type { HttpCall } from '../shared/http/http-call.ts';
import { assertParameters, parseFlag, parseNumber } from '../shared/http/parse-query.ts';
import { unknownRoute } from '../shared/http/unknown-route.ts';
import { parseInput } from '../shared/parse-input.ts';
import { parseOneOf, toList, toMany } from './parse-direct.ts';
import { listSchema, type ReadRequest, readManySchema } from './request.ts';

const PREFIX = '/secrets/';

/**
 * `GET /secrets/{name+}`, `GET /secrets?name=a&name=b`, `GET /secrets`, `GET /health`
 * @throws ConjurError `invalid_request`
 */
export function parseHttp(call: HttpCall): ReadRequest {
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

function parseMany({ query }: HttpCall): ReadRequest {
  assertParameters(query, ['name', 'fresh']);
  const input = { names: query.getAll('name'), fresh: parseFlag(query, 'fresh') };
  return toMany(parseInput(readManySchema, input, 'The query'));
}

function parseList({ query }: HttpCall): ReadRequest {
  assertParameters(query, ['name', 'search', 'limit', 'cursor']);
  const list = {
    search: query.get('search') ?? undefined,
    limit: parseNumber(query, 'limit'),
    cursor: query.get('cursor') ?? undefined,
  };
  return toList(parseInput(listSchema.entries.list, list, 'The query'));
}

function parseOne(call: HttpCall): ReadRequest {
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

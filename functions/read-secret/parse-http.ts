import { ConjurError } from '../../lib/errors/conjur-error.ts';
import type { HttpCall } from '../shared/http/http-call.ts';
import { unknownRoute } from '../shared/http/unknown-route.ts';
import { parseInput } from '../shared/parse-input.ts';
import { toList, toMany, toOne } from './parse-direct.ts';
import { listSchema, type ReadRequest, readManySchema, readOneSchema } from './request.ts';

const PREFIX = '/secrets/';

/**
 * `GET /secrets/{name+}`, `GET /secrets?name=a&name=b`, `GET /secrets`, `GET /health`
 * @throws ConjurError `invalid_request`
 */
export function parseHttp(call: HttpCall): ReadRequest {
  if (call.method !== 'GET') throw unknownRoute(call, 'GET /secrets, GET /secrets/{name} and GET /health');
  if (call.path === '/health') return { kind: 'health' };
  if (call.path.startsWith(PREFIX)) return parseOne(call);
  if (call.path !== '/secrets') throw unknownRoute(call, 'GET /secrets, GET /secrets/{name} and GET /health');
  if (call.query.has('name')) {
    const input = { names: call.query.getAll('name'), fresh: parseFlag(call.query, 'fresh') };
    return toMany(parseInput(readManySchema, input, 'The query'));
  }
  const list = {
    search: call.query.get('search') ?? undefined,
    limit: parseNumber(call.query, 'limit'),
    cursor: call.query.get('cursor') ?? undefined,
  };
  return toList(parseInput(listSchema, { list }, 'The query').list);
}

function parseOne(call: HttpCall): ReadRequest {
  const input = {
    name: call.path.slice(PREFIX.length),
    version: parseNumber(call.query, 'version'),
    fresh: parseFlag(call.query, 'fresh'),
  };
  return toOne(parseInput(readOneSchema, input, 'The request'), prefersBytes(call.headers.accept));
}

const BYTES = 'application/octet-stream';

/** The bytes as they are, where they are asked for by name; a wildcard means JSON. */
function prefersBytes(accept = ''): boolean {
  const ranges = accept.toLowerCase();
  return ranges.includes(BYTES) && ranges.split(',').some((range) => range.split(';')[0]?.trim() === BYTES);
}

function parseNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be a whole number.`);
  return Number(text);
}

function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false')
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be true or false.`);
  return text === 'true';
}

import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { parseVariableName } from '../../lib/names/parse-variable-name.ts';
import { type Fields, fieldsOf } from '../shared/fields-of.ts';
import { parseInput } from '../shared/parse-input.ts';
import { parseCursor } from './cursor.ts';
import { healthSchema, listSchema, type ReadRequest, readManySchema, readOneSchema } from './request.ts';

/** @throws ConjurError `invalid_request` */
export function parseDirect(payload: unknown): ReadRequest {
  const fields = fieldsOf(payload);
  if ('names' in fields) return toMany(parseInput(readManySchema, payload, 'The call'));
  if ('list' in fields) return toList(parseInput(listSchema, payload, 'The call').list);
  if ('health' in fields) {
    parseInput(healthSchema, payload, 'The call');
    return { kind: 'health' };
  }
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
 * @throws ConjurError `invalid_request`
 */
export function parseOneOf(input: Fields, what: string, raw: boolean): ReadRequest {
  // A name alone is what most calls are, and the schema would be a good part of a warm read.
  const name = nameAlone(input);
  return toOne(name === undefined ? parseInput(readOneSchema, input, what) : { name: parseVariableName(name) }, raw);
}

/** The name, where nothing else is given. */
function nameAlone(input: Fields): string | undefined {
  for (const field of Object.keys(input)) if (field !== 'name' && input[field] !== undefined) return undefined;
  return typeof input.name === 'string' ? input.name : undefined;
}

function toOne({ name, version, fresh = false }: v.InferOutput<typeof readOneSchema>, raw: boolean): ReadRequest {
  return { kind: 'one', name, version, fresh, raw };
}

export function toMany({ names, fresh = false }: v.InferOutput<typeof readManySchema>): ReadRequest {
  return { kind: 'many', names, fresh };
}

export function toList(list: {
  search?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}): ReadRequest {
  return {
    kind: 'list',
    search: list.search,
    limit: list.limit,
    offset: list.cursor === undefined ? 0 : parseCursor(list.cursor),
  };
}

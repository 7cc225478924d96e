import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { fieldsOf } from '../shared/fields-of.ts';
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
  return toOne(parseInput(readOneSchema, payload, 'The call'), false);
}

export function toOne(
  { name, version, fresh = false }: v.InferOutput<typeof readOneSchema>,
  raw: boolean,
): ReadRequest {
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

import type * as v from 'valibot';
import { ConjurError } from '../../lib/errors.ts';
import { healthSchema, listSchema, type ReadRequest, readManySchema, readOneSchema } from '../contract/read-secret.ts';
import { parseInput } from '../runtime/input.ts';

// Requests that are checked by a schema. Loaded on need, so that a start is not: see api.ts.

/**
 * @param what the input, for messages
 * @param raw whether the bytes themselves are the answer
 * @throws ConjurError `invalid_request`
 */
export function checkOne(input: unknown, what: string, raw: boolean): ReadRequest {
  const { name, version, fresh = false } = parseInput(readOneSchema, input, what);
  return { kind: 'one', name, version, fresh, raw };
}

/** @throws ConjurError `invalid_request` */
export function checkMany(input: unknown, what: string): ReadRequest {
  const { names, fresh = false } = parseInput(readManySchema, input, what);
  return { kind: 'many', names, fresh };
}

/** @throws ConjurError `invalid_request` */
export function checkList(input: unknown, what: string): ReadRequest {
  return toList(parseInput(listSchema, input, what).list);
}

/** What stands under `list`, by itself. @throws ConjurError `invalid_request` */
export function checkPage(input: unknown, what: string): ReadRequest {
  return toList(parseInput(listSchema.entries.list, input, what));
}

/** @throws ConjurError `invalid_request` */
export function checkHealth(input: unknown, what: string): ReadRequest {
  parseInput(healthSchema, input, what);
  return { kind: 'health' };
}

function toList({ search, limit, cursor }: v.InferOutput<typeof listSchema>['list']): ReadRequest {
  return { kind: 'list', search, limit, offset: cursor === undefined ? 0 : parseCursor(cursor) };
}

/** @throws ConjurError `invalid_request` for what no listing gave */
export function parseCursor(cursor: string): number {
  const match = /^o(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null)
    throw new ConjurError(
      'invalid_request',
      'The cursor is not one that a listing gave. Hand back the `cursor` of the last answer, unchanged.',
    );
  return Number(match[1]);
}

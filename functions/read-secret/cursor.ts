import { ConjurError } from '../../lib/errors/conjur-error.ts';

/** Where the next page begins, as a text that a caller hands back unread. */
export function toCursor(offset: number): string {
  return Buffer.from(`o${offset}`).toString('base64url');
}

/** @throws ConjurError `invalid_request` for what {@link toCursor} did not make */
export function parseCursor(cursor: string): number {
  const match = /^o(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null)
    throw new ConjurError(
      'invalid_request',
      'The cursor is not one that a listing gave. Hand back the `cursor` of the last answer, unchanged.',
    );
  return Number(match[1]);
}

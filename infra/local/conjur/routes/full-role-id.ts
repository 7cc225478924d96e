import { argumentError } from '../http/reply-error.ts';

/** `host:app/one` or `account:host:app/one` as a full id. 422 when there is no kind. */
export function toFullRoleId(given: string, account: string): string {
  const tokens = given.split(':');
  if (given === '' || tokens.length < 2) throw argumentError(`Expected at least 2 tokens in ${given}`);
  return tokens.length === 2 ? `${account}:${given}` : given;
}

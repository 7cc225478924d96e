import { ConjurError } from '../../../lib/errors/conjur-error.ts';

/** A parameter's name comes from the caller: one that does not look like a name may be a value in its place. */
const PARAMETER_NAME = /^[\w-]{1,30}$/;
/** A request that is signed in its query (SigV4) has its signature there: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html */
const SIGNATURE = /^x-amz-/i;

/**
 * Refuses parameters that a call does not take: a slip of the pen such as `?verison=3` would otherwise read another version.
 * @throws ConjurError `invalid_request`
 */
export function assertParameters(query: URLSearchParams, known: readonly string[]): void {
  if (query.size === 0) return;
  const unknown = [...query.keys()].find((name) => !known.includes(name) && !SIGNATURE.test(name));
  if (unknown === undefined) return;
  const what = PARAMETER_NAME.test(unknown) ? `the parameter "${unknown}"` : 'a parameter';
  const taken = known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`;
  throw new ConjurError('invalid_request', `The query has ${what}, which this call does not take. ${taken}`);
}

/** `true` or `false`; undefined where it is not given. @throws ConjurError `invalid_request` */
export function parseFlag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (text !== 'true' && text !== 'false')
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be true or false.`);
  return text === 'true';
}

/** A whole number; undefined where it is not given. @throws ConjurError `invalid_request` */
export function parseNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new ConjurError('invalid_request', `The query parameter "${name}" must be a whole number.`);
  return Number(text);
}

import { ConjurError } from '../errors/conjur-error.ts';

// C0 and C1 controls (U+0085 is one of them), and the two Unicode line separators.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const LONE_SURROGATE = /\p{Cs}/u;
const FORBIDDEN_SEGMENTS = new Set(['', '.', '..']);

/** What most names are, and what every other check lets through. A call of a thousand names checks each. */
const PLAIN_NAME = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/** Longest name in bytes: what fits, url-encoded three to one, into the 10,240 bytes of request line that Conjur's server takes. */
export const MAX_NAME_BYTES = 3_000;

/**
 * Checks the name of a variable and gives it back unchanged. Legal is everything but an empty name, control characters, U+2028,
 * U+2029, and an empty, `.` or `..` segment; so `my..key`, spaces, `%`, `+`, `?`, `#`, `:` and unicode are.
 * @throws ConjurError `invalid_request`
 */
export function parseVariableName(name: unknown): string {
  if (typeof name !== 'string') throw invalid('must be a string');
  if (name.length <= MAX_NAME_BYTES && PLAIN_NAME.test(name)) return name;
  if (name === '') throw invalid('is empty');
  if (FORBIDDEN_CHARACTER.test(name)) throw invalid('holds a control character or a line separator');
  if (LONE_SURROGATE.test(name)) throw invalid('is not well-formed unicode');
  if (name.split('/').some((segment) => FORBIDDEN_SEGMENTS.has(segment))) {
    throw invalid('has an empty, "." or ".." segment between its slashes');
  }
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw invalid(`is longer than ${MAX_NAME_BYTES} bytes`);
  return name;
}

function invalid(problem: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `The secret's name ${problem}. Give the id of a Conjur variable, such as app/db/password.`,
  );
}

import { ConjurError } from './errors.ts';

// C0 and C1 controls (U+0085 is one of them), and the two Unicode line separators.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const FORBIDDEN_CHARACTER = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const FORBIDDEN_SEGMENTS = new Set(['', '.', '..']);

/** What most names are, what every other check lets through, and what is encoded in its slashes alone. A call of a thousand names checks each. */
const PLAIN_NAME = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

/**
 * Longest name in bytes. Conjur's database indexes ids and fails (500) on one of more than some 2,690 bytes that it cannot compress,
 * the account included; url-encoded three to one, it also fits into the 8,192 bytes of a path that Conjur's server takes.
 */
export const MAX_NAME_BYTES = 2_600;

/**
 * Checks the name of a variable and gives it back unchanged. Legal is everything but an empty name, control characters, U+2028,
 * U+2029, and an empty, `.` or `..` segment; so `my..key`, spaces, `%`, `+`, `?`, `#`, `:` and unicode are.
 * @throws ConjurError `invalid_request`
 * @example
 * const name = parseVariableName(process.argv[2]);
 */
export function parseVariableName(name: unknown): string {
  const fault = faultOfName(name);
  if (fault !== undefined) throw fault;
  return name as string;
}

/** What {@link parseVariableName} throws; undefined where it takes the name. */
export function faultOfName(name: unknown): ConjurError | undefined {
  if (typeof name !== 'string') return invalid('must be a string');
  if (name.length <= MAX_NAME_BYTES && PLAIN_NAME.test(name)) return undefined;
  if (name === '') return invalid('is empty');
  if (FORBIDDEN_CHARACTER.test(name)) return invalid('holds a control character or a line separator');
  if (!name.isWellFormed()) return invalid('is not well-formed unicode');
  if (name.split('/').some((segment) => FORBIDDEN_SEGMENTS.has(segment)))
    return invalid('has an empty, "." or ".." segment between its slashes');
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return invalid(`is longer than ${MAX_NAME_BYTES} bytes`);
  return undefined;
}

/** Whether {@link parseVariableName} takes it. */
export function isVariableName(name: string): boolean {
  return faultOfName(name) === undefined;
}

/**
 * Refuses a call that has two values for one name: nobody could say which would stand in the end.
 * @throws ConjurError `invalid_request`
 */
export function assertDistinct(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!seen.has(name)) seen.add(name);
    else
      throw new ConjurError(
        'invalid_request',
        `${isVariableName(name) ? `The secret ${JSON.stringify(name)}` : 'A name that is none'} stands in the call more than once. Give each name once, with the value that it should have.`,
      );
  }
}

/**
 * Checks the id of a policy branch, and gives it back unchanged.
 * @throws ConjurError `invalid_request`
 */
export function parseBranch(branch: string): string {
  if (isVariableName(branch)) return branch;
  throw new ConjurError('invalid_request', 'The branch must be the id of a policy, such as root or app/db.');
}

function invalid(problem: string): ConjurError {
  return new ConjurError(
    'invalid_request',
    `The secret's name ${problem}. Give the id of a Conjur variable, such as app/db/password.`,
  );
}

/** One url-encoded path segment. A slash inside an id is encoded too, as Conjur's API asks for ids. */
export function encodeSegment(text: string): string {
  if (PLAIN_NAME.test(text)) return text.replaceAll('/', '%2F');
  // Half a surrogate pair, on which encodeURIComponent throws, goes as U+FFFD: an account or login that holds one names nothing, and
  // Conjur's refusal says so. The five characters that it leaves may be delimiters to a proxy (RFC 3986, section 2.2).
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `/secrets/{account}/variable/{id}`: https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_retrieve_secret.htm */
export function toSecretPath(account: string, name: string): string {
  return `/secrets/${encodeSegment(account)}/variable/${encodeSegment(name)}`;
}

/** `/resources/{account}/{kind}/{id}` */
export function toResourcePath(account: string, kind: string, id: string): string {
  return `/resources/${encodeSegment(account)}/${kind}/${encodeSegment(id)}`;
}

/** `/policies/{account}/policy/{branch}` */
export function toPolicyPath(account: string, branch: string): string {
  return `/policies/${encodeSegment(account)}/policy/${encodeSegment(branch)}`;
}

/** `/authn/{account}/api_key`, of one's own role or of another one. */
export function toApiKeyPath(account: string, role?: string): string {
  const path = `/authn/${encodeSegment(account)}/api_key`;
  return role === undefined ? path : `${path}?role=${encodeSegment(role)}`;
}

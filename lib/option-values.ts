import type { OptionRow } from './options.ts';
import { findPem, PemProblem, parseCertificates, parsePrivateKey, UNSEEN_PEM } from './pem.ts';
import { Secret } from './secret.ts';

/** What is wrong with a value, to be told after the name of the option: `must be true or false`. Never quotes the value. */
export class OptionProblem extends Error {}

interface Values {
  url: URL;
  urls: readonly URL[];
  'proxy-url': Secret;
  text: string;
  list: readonly string[];
  secret: Secret;
  token: Secret | (() => Promise<Secret | string>);
  pem: Secret;
  integer: number;
  flag: boolean;
}

/** The value of an option once it is checked; undefined where it has no default and may be missing. */
export type ValueOf<Row extends OptionRow> =
  | (Row extends { type: 'one-of'; values: readonly (infer V)[] }
      ? V
      : Row['type'] extends keyof Values
        ? Values[Row['type']]
        : never)
  | (Row extends { default: unknown } ? never : undefined);

/** Checked values by the name of their option. */
export type ValuesOf<Table extends Readonly<Record<string, OptionRow>>> = {
  readonly [Name in keyof Table]: ValueOf<Table[Name]>;
};

/** Collects what is wrong, so that all of it is told together. */
export class Problems {
  readonly list: string[] = [];

  /** Runs a check; what it finds is noted under the name. */
  try<T>(name: string, check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof OptionProblem || error instanceof PemProblem)) throw error;
      this.add(name, error.message);
      return undefined;
    }
  }

  /** The text must not hold the value. */
  add(name: string, problem: string): void {
    this.list.push(`${name} ${problem}`);
  }
}

/**
 * Checks what was given for each row of a table, and fills in the defaults.
 * @param given values as a program writes them; from the environment by way of `parseText`
 * @param nameOf what messages call an option
 */
export function checkValues<Table extends Readonly<Record<string, OptionRow>>>(
  table: Table,
  given: (name: string) => unknown,
  nameOf: (name: string) => string,
  problems: Problems,
): ValuesOf<Table> {
  const entries = Object.entries(table).map(([name, row]) => {
    const value = given(name);
    const checked = value === undefined ? undefined : problems.try(nameOf(name), () => checkValue(row, value));
    return [name, checked ?? defaultOf(row)];
  });
  return Object.fromEntries(entries) as ValuesOf<Table>;
}

function defaultOf(row: OptionRow): unknown {
  return row.type === 'url' && typeof row.default === 'string' ? new URL(row.default) : row.default;
}

/** @throws OptionProblem */
function checkValue(row: OptionRow, value: unknown): unknown {
  switch (row.type) {
    case 'url':
      return toUrl(value);
    case 'urls':
      return toList(value).map(toUrl);
    case 'proxy-url':
      return toProxyUrl(value);
    case 'text':
      return toText(row, value);
    case 'list':
      return toList(value).map((item) => toText(row, item));
    case 'secret':
      return toSecret(value);
    case 'token':
      return typeof value === 'function' ? value : toSecret(value);
    case 'pem':
      return toPem(row, value);
    case 'integer':
      return toInteger(value, row.min ?? 0, row.max ?? Number.MAX_SAFE_INTEGER);
    case 'flag':
      if (typeof value === 'boolean') return value;
      throw new OptionProblem('must be true or false');
    case 'one-of':
      if (row.values?.includes(value as string) === true) return value;
      throw new OptionProblem(`must be one of ${row.values?.join(', ')}`);
  }
}

function toUrl(value: unknown): URL {
  const url = URL.canParse(String(value)) ? new URL(String(value)) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new OptionProblem('must be a URL that begins with http:// or https://');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new OptionProblem('must be a URL without user, password, query and fragment');
  return value instanceof URL ? value : url;
}

/**
 * The address may hold a password, so it is kept as a secret. A `%` of a password that begins no escape is taken as it is, unless there
 * are escapes beside it: then it is a guess which of them are meant.
 */
function toProxyUrl(value: unknown): Secret {
  const given = toSecret(value);
  const text = given.expose();
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const address = /%[\da-f]{2}/i.test(whole) ? whole : whole.replaceAll('%', '%25');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.pathname + url.search + url.hash !== '/')
    throw new OptionProblem(
      'must be the URL of an http proxy, such as http://proxy:3128, with /, ? and # of a password url-encoded',
    );
  try {
    decodeURIComponent(url.username + url.password);
  } catch {
    // Its message would quote the password.
    throw new OptionProblem('has a user or password with a % that begins no escape: write it %25');
  }
  return address === text ? given : Secret.of(address);
}

function toText(row: OptionRow, value: unknown): string {
  if (typeof value === 'string' && (value !== '' || row.default === '') && row.matches?.(value) !== false) return value;
  throw new OptionProblem(`must be ${row.expected ?? 'a text that is not empty'}`);
}

function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new OptionProblem('must be a list');
}

function toSecret(value: unknown): Secret {
  const secret = typeof value === 'string' ? Secret.of(value) : value;
  if (secret instanceof Secret && secret.byteLength > 0) return secret;
  throw new OptionProblem('must be a Secret, or a text that is not empty');
}

/**
 * What {@link toPem} gave: settings are checked again when a client is made from them. Of authorities, which travel as text and may be
 * some hundred, the last ones.
 */
const taken = new WeakSet<Secret>();
let takenText: string | undefined;

/** @throws PemProblem */
export function toPem(row: OptionRow, value: unknown): Secret {
  const given = toSecret(value);
  if (taken.has(given) || value === takenText) return given;
  const text = given.expose();
  const pem = (row.label === 'PRIVATE KEY' ? parsePrivateKey : parseCertificates)(findPem(text) ?? text);
  const secret = pem === text ? given : Secret.of(pem);
  taken.add(secret);
  if (row.secret === undefined) takenText = pem;
  return secret;
}

function toInteger(value: unknown, min: number, max: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  throw new OptionProblem(`must be a whole number from ${min} to ${max}`);
}

export type ReadFile = (path: string) => string;

/**
 * Turns the text of an environment variable into what a program would write.
 * @throws OptionProblem
 */
export function parseText(row: OptionRow, variable: string, text: string, readFile: ReadFile): unknown {
  const trimmed = row.read?.(text.trim(), variable) ?? text.trim();
  switch (row.type) {
    case 'urls':
    case 'list':
      return trimmed.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
    case 'integer':
      return parseInteger(row, trimmed);
    case 'flag':
      return FLAGS.get(trimmed.toLowerCase()) ?? trimmed;
    case 'one-of':
      return row.aliases?.[trimmed] ?? trimmed;
    case 'pem':
      return findPem(text) ?? readPemFile(text, readFile);
    default:
      return trimmed;
  }
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** Bounds are told in the unit of the environment. */
function parseInteger(row: OptionRow, text: string): number {
  const scale = row.envUnit === 's' ? 1_000 : 1;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return toInteger(value, (row.min ?? 0) / scale, (row.max ?? Number.MAX_SAFE_INTEGER) / scale) * scale;
}

/** @throws OptionProblem where the file cannot be read, or holds no PEM */
export function readPemFile(path: string, readFile: ReadFile): string {
  let content: string;
  try {
    content = readFile(unquote(path));
  } catch {
    // Not the cause: its message would show the value, which may be a key without its header.
    throw new OptionProblem('is neither a PEM nor the path of a file that can be read');
  }
  const pem = content === UNSEEN_PEM ? content : findPem(content);
  if (pem === undefined) throw new OptionProblem('must be a PEM, or the path of one: the file that it names is none');
  return pem;
}

/** A path without the quotes that a file of variables, or a shell, left around it. */
export function unquote(path: string): string {
  return path.trim().replace(/^(["'])(.*)\1$/s, '$2');
}

/** A command line that cannot be used. The message is one sentence that names the flag and what it takes. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A flag of a command: how it is written, what the help says, and what its text becomes. */
export interface Flag<T> {
  readonly kind: 'switch' | 'value' | 'list';
  /** What stands for the value in the help: `--port N`. */
  readonly valueName?: string;
  readonly help: string;
  /** @throws UsageError where the text is not a value of this flag */
  readonly parse: (texts: readonly string[], flag: string) => T;
}

/** `--json`: true where it is given. */
export function toggle(help: string): Flag<boolean> {
  return { kind: 'switch', help, parse: (texts) => texts.length > 0 };
}

/** `--read NAME`: the last one counts. */
export function text(valueName: string, help: string): Flag<string | undefined>;
export function text(valueName: string, help: string, byDefault: string): Flag<string>;
export function text(valueName: string, help: string, byDefault?: string): Flag<string | undefined> {
  return { kind: 'value', valueName, help, parse: (texts) => texts.at(-1) ?? byDefault };
}

/** `--param NAME=VALUE`, as often as needed. */
export function texts(valueName: string, help: string): Flag<readonly string[]> {
  return { kind: 'list', valueName, help, parse: (given) => given };
}

/** `--accounts A,B`: a comma-separated list; empty entries are dropped. */
export function commaSeparated(valueName: string, help: string): Flag<readonly string[]> {
  const split = (given: string): string[] => given.split(',').map((entry) => entry.trim());
  return {
    kind: 'value',
    valueName,
    help,
    parse: (given) => split(given.at(-1) ?? '').filter((entry) => entry !== ''),
  };
}

export interface NumberBounds<D extends number | undefined = number | undefined> {
  readonly min: number;
  readonly max: number;
  /** Default: whole numbers only. */
  readonly fractions?: boolean;
  readonly byDefault?: D;
}

/** `--events N` */
export function number(
  valueName: string,
  help: string,
  bounds: NumberBounds<number> & { byDefault: number },
): Flag<number>;
export function number(valueName: string, help: string, bounds: NumberBounds): Flag<number | undefined>;
export function number(valueName: string, help: string, bounds: NumberBounds): Flag<number | undefined> {
  const parse = (given: readonly string[], flag: string): number | undefined => {
    const last = given.at(-1);
    return last === undefined ? bounds.byDefault : parseNumber(last, flag, bounds);
  };
  return { kind: 'value', valueName, help, parse };
}

/** `--port N`; 0 takes a free one. */
export function port(help: string, byDefault: number): Flag<number> {
  return number('N', help, { min: 0, max: 65_535, byDefault });
}

/** `--client-certs WHO`: one of a few words. */
export function oneOf<T extends string>(choices: readonly T[], help: string, byDefault: T): Flag<T> {
  const parse = (given: readonly string[], flag: string): T => {
    const last = given.at(-1) ?? byDefault;
    const choice = choices.find((candidate) => candidate === last);
    if (choice === undefined) throw new UsageError(`${flag} takes ${choices.join(', ')}, not "${last}".`);
    return choice;
  };
  return { kind: 'value', valueName: choices.join('|'), help, parse };
}

/** `--base URL`: http or https; trailing slashes are dropped. */
export function url(help: string): Flag<string | undefined> {
  const parse = (given: readonly string[], flag: string): string | undefined => {
    const last = given.at(-1);
    if (last === undefined) return undefined;
    if (URL.canParse(last) && /^https?:\/\/[^/]/.test(last)) return last.replace(/\/+$/, '');
    throw new UsageError(`${flag} takes a base URL such as https://conjur.example.com.`);
  };
  return { kind: 'value', valueName: 'URL', help, parse };
}

function parseNumber(given: string, flag: string, { min, max, fractions = false }: NumberBounds): number {
  const value = given.trim() === '' ? Number.NaN : Number(given);
  if (value >= min && value <= max && (fractions || Number.isInteger(value))) return value;
  throw new UsageError(`${flag} takes a ${fractions ? '' : 'whole '}number from ${min} to ${max}, not "${given}".`);
}

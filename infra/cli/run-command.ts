import { parseArgs } from 'node:util';
import { nearestOf } from '../../lib/nearest-of.ts';
import { type Flag, UsageError } from './flags.ts';
import { formatHelp } from './format-help.ts';

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** Values of the flags, by name. */
export type FlagValues<F extends Readonly<Record<string, Flag<unknown>>>> = {
  readonly [Name in keyof F]: F[Name] extends Flag<infer T> ? T : never;
};

/** A command line of this project: what `npm run NAME -- --help` says, and what it does. */
export interface Command<F extends Readonly<Record<string, Flag<unknown>>>> {
  /** How it is started: `npm run doctor`. Stands in the help and before errors. */
  readonly start: string;
  /** What it does, in a sentence or two. */
  readonly summary: string;
  /** By their names as written, without the dashes. `--help` is there by itself. */
  readonly flags: F;
  /** What may stand without a flag, such as file names. Default: nothing. */
  readonly rest?: { readonly name: string; readonly help: string };
  /** More for the help: examples, exit statuses. */
  readonly notes?: string;
  /**
   * Does the work. What needs packages is imported in here, so that the help and a wrong flag are answered without them.
   * @returns the exit status where it is a number; anything else is 0
   * @throws UsageError where the flags do not go together: one line, exit status 2. Any other error: its message, exit status 1
   */
  readonly run: (flags: FlagValues<F>, rest: readonly string[]) => unknown;
}

/**
 * Runs a command with the arguments of this process, and sets its exit status: 0, 1 where it failed, 2 where the command line is wrong.
 * An error is one line on stderr; only a mistake of this project's own shows its stack.
 *
 * @example
 * await runCommand({
 *   start: 'npm run greet',
 *   summary: 'Greets somebody.',
 *   flags: { name: text('NAME', 'whom to greet', 'you'), json: toggle('print JSON') },
 *   run: ({ name }) => console.log(`Hello, ${name}.`),
 * });
 */
export async function runCommand<const F extends Readonly<Record<string, Flag<unknown>>>>(
  command: Command<F>,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  try {
    if (isHelpWanted(args)) process.stdout.write(formatHelp(command));
    else process.exitCode = await start(command, args);
  } catch (error) {
    const isUsageError = error instanceof UsageError;
    const hint = isUsageError ? ` Run "${command.start}${separatorOf(command.start)} --help" for the flags.` : '';
    process.stderr.write(`${nameOf(command.start)}: ${explain(error)}${hint}\n`);
    process.exitCode = isUsageError ? 2 : 1;
  }
}

async function start<F extends Readonly<Record<string, Flag<unknown>>>>(
  command: Command<F>,
  args: readonly string[],
): Promise<number> {
  const { flags, rest } = parseCommandLine(command, args);
  const result = await command.run(flags, rest);
  return typeof result === 'number' ? result : 0;
}

/** Help comes first, whatever else stands there: nobody who asks for it wants the work done. */
function isHelpWanted(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

/** @throws UsageError for an unknown flag, a value that is missing or out of bounds, and a word that belongs to no flag */
export function parseCommandLine<F extends Readonly<Record<string, Flag<unknown>>>>(
  command: Pick<Command<F>, 'start' | 'flags' | 'rest'>,
  args: readonly string[],
): { flags: FlagValues<F>; rest: readonly string[] } {
  const given = new Map<string, string[]>(Object.keys(command.flags).map((name) => [name, []]));
  const rest: string[] = [];
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, { kind }]) => [name, { type: kind === 'switch' ? 'boolean' : 'string' }]),
  ) as Record<string, { type: 'boolean' | 'string' }>;
  // Not strict: Node's own sentences differ by version, and none of them names the nearest flag.
  assertNpmTookNone(command, process.env);
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    if (token.kind !== 'option') continue;
    const value = checkOption(command.flags, token);
    given.get(token.name)?.push(value);
  }
  if (command.rest === undefined && rest.length > 0) throw new UsageError(explainStray(command.start, rest));
  const flags = Object.entries(command.flags).map(([name, flag]) => [
    name,
    flag.parse(given.get(name) ?? [], `--${name}`),
  ]);
  return { flags: Object.fromEntries(flags) as FlagValues<F>, rest };
}

/** @returns the text of its value */
function checkOption(flags: Readonly<Record<string, Flag<unknown>>>, option: OptionToken): string {
  const { name, rawName, value, inlineValue } = option;
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined) throw new UsageError(explainUnknown(rawName, Object.keys(flags)));
  if (flag.kind === 'switch') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
    return '';
  }
  // `--read --json`: the name was forgotten.
  if (value === undefined || (value.startsWith('--') && !inlineValue))
    throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.valueName}.`);
  return value;
}

function explainUnknown(rawName: string, names: readonly string[]): string {
  const nearest = nearestOf(rawName.replace(/^-+/, ''), [...names, 'help']);
  return nearest === undefined ? `Unknown flag ${rawName}.` : `Unknown flag ${rawName}. Did you mean --${nearest}?`;
}

/** The value of a flag may be a secret: only its name is shown. */
function explainStray(start: string, rest: readonly string[]): string {
  const words = rest.map((word) => `"${word.split('=')[0]}"`).join(', ');
  const npm = start.startsWith('npm ')
    ? ` npm keeps flags for itself unless they follow "--": ${start} -- --flag.`
    : '';
  return `${words} belongs to no flag.${npm}`;
}

/** `npm run doctor --json`: npm takes the flag for its own, and the command would run without it. */
function assertNpmTookNone(command: { start: string; flags: object }, environment: NodeJS.ProcessEnv): void {
  if (environment.npm_lifecycle_event !== nameOf(command.start)) return;
  const taken = Object.keys(command.flags).find((name) => environment[`npm_config_${name.replaceAll('-', '_')}`]);
  if (taken !== undefined)
    throw new UsageError(`npm has taken --${taken} for itself. Put "--" before it: ${command.start} -- --${taken}.`);
}

function separatorOf(start: string): string {
  return start.startsWith('npm ') ? ' --' : '';
}

/** `doctor` of `npm run doctor`. */
function nameOf(start: string): string {
  return start.split(' ').at(-1) ?? start;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is taken. Stop what listens there, or choose another port.`;
  if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address}.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} needs more rights. Choose one above 1023.`;
  const missing = /^Cannot find package '(\S+)'/.exec(error.message)?.[1];
  if (missing !== undefined) return `The package ${missing} is missing. Run "npm ci".`;
  return isMistake(error) ? (error.stack ?? error.message) : error.message;
}

/** Of this project, and not of whoever runs it: the stack says where. */
function isMistake(error: Error): boolean {
  return !('code' in error) && [TypeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
}

import { readFileSync } from 'node:fs';
import { ConjurError } from './errors.ts';
import { findMisspelt } from './misspelt-settings.ts';
import { Problems, parseText, type ReadFile, unquote } from './option-values.ts';
import { OPTIONS, type OptionName, type OptionRow } from './options.ts';
import { findPem } from './pem.ts';
import { assembleSettings, type ConjurClientOptions, type Origin, type Settings, valueAt } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface FromEnvOptions {
  /** Reads a PEM file. Default: Node's own. @throws when there is none */
  readonly readFile?: ReadFile | undefined;
  /** Told, once each, what an operator should know: connections that are not secure, settings without effect or misspelt. Default: nobody. */
  readonly warn?: ((warning: string) => void) | undefined;
}

/**
 * Reads the options of a client from the environment: by our names (`CYBERARK_API_BASE`, …), or by Conjur's own where ours are not set
 * (`CONJUR_APPLIANCE_URL`, …). docs/settings.md lists them. An empty variable counts as one that is not set.
 *
 * @param environment default: that of the process
 * @returns options with every default filled in, which may be spread and overridden
 * @throws ConjurError `config_invalid`, which names every variable that is wrong, and never a value
 * @example
 * const conjur = createConjurClient({ ...fromEnv(), secretCacheTtlMs: 60_000 });
 */
export function fromEnv(environment: Environment = process.env, options: FromEnvOptions = {}): ConjurClientOptions {
  const problems = new Problems();
  const { settings, warnings } = readSettings(environment, problems, options);
  assertNoProblems(problems);
  // The program may have settings of its own with that prefix, as the functions have.
  const misspelt = findMisspelt(environment, [OPTIONS], { nearOnly: true });
  for (const warning of [...warnings, ...misspelt]) options.warn?.(warning);
  return settings;
}

export interface ReadSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
}

export interface ReadSettingsOptions extends Pick<FromEnvOptions, 'readFile'> {
  /** Where `requireTls` is not set: refuse http and unverified TLS to every host but the loopback. Default false. */
  readonly remoteNeedsTls?: boolean | undefined;
}

/** {@link fromEnv} for a program that reads variables of its own too: what is wrong is noted, to be told all at once. */
export function readSettings(
  environment: Environment,
  problems: Problems,
  { readFile, remoteNeedsTls = false }: ReadSettingsOptions = {},
): ReadSettings {
  const read = readVariables(environment, OPTIONS, problems, readFile);
  // A PEM that is given by its path is read again when it changes.
  const pathOf = (name: OptionName): string | undefined => {
    const text = environment[read.nameOf(name)]?.trim();
    return text === undefined || text === '' || findPem(text) !== undefined ? undefined : unquote(text);
  };
  const given = (name: string): unknown =>
    read.given(name) ?? (name in PEM_OF ? pathOf(PEM_OF[name as keyof typeof PEM_OF]) : undefined);
  const variables = { ...read, given };
  const { settings, warnings } = assembleSettings(variables, problems, { remoteNeedsTls, readFile });
  const origins = new Map<string, Origin>();
  for (const name of Object.keys(OPTIONS) as OptionName[])
    origins.set(name, { variable: variables.nameOf(name), value: valueAt(settings, name) });
  return { settings: { ...settings, origins }, warnings };
}

/** Options that name the file of another one. */
const PEM_OF = { 'tls.clientCertFile': 'tls.clientCert', 'tls.clientKeyFile': 'tls.clientKey' } as const;

/** What stands in the environment for the rows of a table. */
export interface Variables {
  readonly given: (name: string) => unknown;
  /** The variable that a value came from; for one that is not set, the name under which to set it. */
  readonly nameOf: (name: string) => string;
}

export function readVariables(
  environment: Environment,
  table: Readonly<Record<string, OptionRow>>,
  problems: Problems,
  readFile: ReadFile = (path) => readFileSync(path, 'utf8'),
): Variables {
  const isSet = (variable: string): boolean => (environment[variable] ?? '').trim() !== '';
  const nameOf = (name: string): string => {
    const variables = table[name]?.env ?? [name];
    return variables.find(isSet) ?? usualNameOf(variables);
  };
  const given = new Map<string, unknown>();
  for (const [name, row] of Object.entries(table)) {
    const variable = nameOf(name);
    if (isSet(variable))
      given.set(
        name,
        problems.try(variable, () => parseText(row, variable, environment[variable] ?? '', readFile)),
      );
  }
  return { given: (name) => given.get(name), nameOf };
}

/** Upper case is how a proxy's variable is usually written, though lower case is looked at first. */
function usualNameOf(variables: readonly string[]): string {
  return variables.find((variable) => variable === variable.toUpperCase()) ?? (variables[0] as string);
}

/** @throws ConjurError `config_invalid`, which tells all that was noted */
export function assertNoProblems({ list }: Problems): void {
  if (list.length === 0) return;
  throw new ConjurError('config_invalid', `The settings cannot be used: ${list.join('; ')}. Correct the environment.`);
}

import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Flag, number, text, UsageError, url } from '../../cli/flags.ts';
import type { FlagValues } from '../../cli/run-command.ts';
import { parseServerVersion } from '../conjur/server-version.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  readonly apiPort: number;
  readonly lambdaPort: number;
  readonly conjurPort: number;
  /** 0: any free port. */
  readonly secretsManagerPort: number;
  /** 0: any free port. */
  readonly litellmPort: number;
  /** Api key of the local Conjur's admin; undefined: the one of the data file, or a new one. */
  readonly adminApiKey: string | undefined;
  /** File of the local Conjur's data, or `:memory:`. */
  readonly data: string;
  /** Version of Conjur that the local one behaves as, from 1.21; undefined: its own default. */
  readonly serverVersion?: string | undefined;
  /** Base URL of a real Conjur to be used instead of a local one. */
  readonly conjur: string | undefined;
}

const DEFAULT_DATA = fileURLToPath(new URL('../../../.local/conjur.sqlite', import.meta.url));
const PORTS = { api: 3000, lambda: 3002, conjur: 8080 } as const;
/** The highest that leaves the highest port a port. */
const MAX_OFFSET = 65_535 - PORTS.conjur;

/** Flags of `npm start`. */
export const START_FLAGS = {
  'api-port': toPort(`port of the HTTP API (default ${PORTS.api})`),
  'lambda-port': toPort(`port of the Lambda invoke endpoint (default ${PORTS.lambda})`),
  'conjur-port': toPort(`port of the local Conjur (default ${PORTS.conjur})`),
  'secrets-manager-port': toPort('port of the stand-in for Secrets Manager (default: any free port)'),
  'litellm-port': toPort('port of the stand-in for LiteLLM (default: any free port)'),
  'port-offset': number(
    'N',
    'a second stack beside the first: N is added to the default ports,\nand its data is kept apart',
    {
      min: 0,
      max: MAX_OFFSET,
      byDefault: 0,
    },
  ),
  'admin-api-key': text('KEY', "api key of the local Conjur's admin (default: the one in its data, or a new one)"),
  data: text('FILE', "the local Conjur's data, or :memory: (default .local/conjur.sqlite)"),
  'server-version': text('X.Y.Z', 'the version of Conjur that the local one behaves as, from 1.21 (default 1.24.0)'),
  conjur: url(
    'a real Conjur instead, and no stand-ins; account, login and api key come\nfrom CYBERARK_ACCOUNT, CYBERARK_USERNAME and CYBERARK_API_KEY',
  ),
};

/**
 * The options that the flags give.
 * @throws UsageError for flags that do not go together, and a version that is none
 */
export function toStartOptions(flags: FlagValues<typeof START_FLAGS>): StartOptions {
  const offset = flags['port-offset'];
  const serverVersion = flags['server-version'];
  if (serverVersion !== undefined && flags.conjur !== undefined)
    throw new UsageError('--server-version is about the local Conjur, and --conjur names another.');
  assertServerVersion(serverVersion);
  return {
    apiPort: flags['api-port'] ?? PORTS.api + offset,
    lambdaPort: flags['lambda-port'] ?? PORTS.lambda + offset,
    conjurPort: flags['conjur-port'] ?? PORTS.conjur + offset,
    secretsManagerPort: flags['secrets-manager-port'] ?? 0,
    litellmPort: flags['litellm-port'] ?? 0,
    adminApiKey: flags['admin-api-key'],
    data: flags.data ?? (offset === 0 ? DEFAULT_DATA : besides(DEFAULT_DATA, offset)),
    serverVersion,
    conjur: flags.conjur,
  };
}

/** @throws UsageError for a text that is no version, and for one that the local Conjur does not know */
export function assertServerVersion(text: string | undefined): void {
  if (text === undefined) return;
  try {
    parseServerVersion(text);
  } catch {
    throw new UsageError(`--server-version takes a version from 1.21 such as 1.24.0, not ${text}.`);
  }
}

/** One file serves one stack at a time. */
function besides(data: string, offset: number): string {
  return join(dirname(data), `port-offset-${offset}`, basename(data));
}

function toPort(help: string): Flag<number | undefined> {
  return number('N', help, { min: 1, max: 65_535 });
}

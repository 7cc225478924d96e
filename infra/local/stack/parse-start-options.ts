import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

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
  /** Base URL of a real Conjur to be used instead of a local one. */
  readonly conjur: string | undefined;
  readonly help: boolean;
}

export const START_HELP = `Starts the three functions on this machine, with a local Conjur, and stand-ins for
AWS Secrets Manager and LiteLLM.

  npm start -- [--api-port 3000] [--lambda-port 3002] [--conjur-port 8080]
               [--secrets-manager-port N] [--litellm-port N]   (each any free port)
               [--admin-api-key KEY] [--data FILE|:memory:]
  npm start -- --port-offset N  a second stack beside the first: N is added to 3000, 3002
                                and 8080, and its data is kept apart
  npm start -- --conjur URL     with a real Conjur and no stand-ins; account, login and api key
                                come from CYBERARK_ACCOUNT, CYBERARK_USERNAME
                                and CYBERARK_API_KEY

Data lives in .local/ unless --data says otherwise, so that the next start finds it again;
deleting that folder starts afresh.

All other settings come from the environment too: CYBERARK_ALLOW_DELETE=true npm start
`;

/** A flag that cannot be used, in words for the terminal. */
export class StartOptionsError extends Error {}

/** @throws StartOptionsError */
export function parseStartOptions(args: readonly string[], defaultData: string): StartOptions {
  const values = parseFlags(args);
  const offset = parseOffset(values['port-offset']);
  return {
    apiPort: parsePort('--api-port', values['api-port'], 3000 + offset),
    lambdaPort: parsePort('--lambda-port', values['lambda-port'], 3002 + offset),
    conjurPort: parsePort('--conjur-port', values['conjur-port'], 8080 + offset),
    secretsManagerPort: parsePort('--secrets-manager-port', values['secrets-manager-port'], 0),
    litellmPort: parsePort('--litellm-port', values['litellm-port'], 0),
    adminApiKey: values['admin-api-key'],
    data: values.data ?? (offset === 0 ? defaultData : besides(defaultData, offset)),
    conjur: values.conjur === undefined ? undefined : parseUrl(values.conjur),
    help: values.help === true,
  };
}

function parseFlags(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const options = {
    'api-port': text,
    'lambda-port': text,
    'conjur-port': text,
    'secrets-manager-port': text,
    'litellm-port': text,
    'port-offset': text,
    'admin-api-key': text,
    data: text,
    conjur: text,
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new StartOptionsError(
      `${(error as Error).message.split(/\.\s/)[0]}. \`npm start -- --help\` lists the flags.`,
    );
  }
}

function parsePort(flag: string, text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new StartOptionsError(`${flag} must be a port from 1 to 65535.`);
}

/** The highest that leaves the highest port a port. */
const MAX_OFFSET = 65_535 - 8080;

function parseOffset(text = '0'): number {
  const offset = Number(text);
  if (/^\d+$/.test(text) && offset <= MAX_OFFSET) return offset;
  throw new StartOptionsError(`--port-offset must be a whole number from 0 to ${MAX_OFFSET}.`);
}

/** One file serves one stack at a time. */
function besides(data: string, offset: number): string {
  return join(dirname(data), `port-offset-${offset}`, basename(data));
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text.replace(/\/+$/, '');
  throw new StartOptionsError('--conjur must be the base URL of a Conjur, such as https://conjur.example.com.');
}

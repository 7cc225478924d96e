import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createApiPage } from '../../openapi/create-api-page.ts';
import { createLocalConjur, type LocalConjur } from '../conjur/create-local-conjur.ts';
import { assertPortFree, PortTakenError } from './assert-port-free.ts';
import type { StackAddresses } from './format-commands.ts';
import { loadStarterPolicy } from './load-starter-policy.ts';
import { createLocalConjurAdmin } from './local-conjur-admin.ts';
import { toLocalEnvironment } from './local-environment.ts';
import type { StartOptions } from './parse-start-options.ts';
import { startFunctions } from './start-functions.ts';
import { type StandIns, startStandIns } from './start-stand-ins.ts';

/** As in serverless.yml. */
const REGION = 'eu-central-1';

export interface Stack extends StackAddresses {
  /** Resolves when the functions end by themselves. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export interface StartStackOptions extends Omit<StartOptions, 'help'> {
  /** Breaks the start off; what was started by then is ended. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** Told of every line that the functions print. */
  readonly onLine: (line: string) => void;
  /** Told what is being done. */
  readonly onProgress: (line: string) => void;
}

/**
 * Starts Conjur with the stand-ins (unless a real one is named) and the three functions. What was started is ended again when a later
 * part fails.
 * @throws PortTakenError, the reason of the signal
 */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const { signal = new AbortController().signal } = options;
  await assertPortsFree(options);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const backends =
      options.conjur === undefined ? await startBackends(options, closers) : toRealConjur(options.conjur);
    signal.throwIfAborted();
    options.onProgress('starting the functions …');
    const { apiPort, lambdaPort, onLine } = options;
    const { environment } = backends;
    const functions = await startFunctions({ apiPort, lambdaPort, onLine, environment, signal });
    closers.push(functions.close);
    const { apiUrl, lambdaUrl, ended } = functions;
    const page = await createApiPage({ apiUrl, port: options.pagePort });
    closers.push(page.close);
    return { ...backends.addresses, apiUrl, pageUrl: page.url, lambdaUrl, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the functions talk to. */
interface Backends {
  readonly addresses: Omit<StackAddresses, 'apiUrl' | 'pageUrl' | 'lambdaUrl'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws PortTakenError also where two flags name one port */
export async function assertPortsFree(options: Omit<StartOptions, 'help'>): Promise<void> {
  const wanted = Object.entries({
    '--api-port': options.apiPort,
    '--lambda-port': options.lambdaPort,
    '--page-port': options.pagePort,
    ...(options.conjur === undefined
      ? {
          '--conjur-port': options.conjurPort,
          '--secrets-manager-port': options.secretsManagerPort,
          '--litellm-port': options.litellmPort,
        }
      : {}),
  }).filter(([, port]) => port !== 0);
  for (const [index, [flag, port]] of wanted.entries()) {
    const twin = wanted.slice(0, index).find(([, other]) => other === port);
    if (twin !== undefined) throw new PortTakenError(`${twin[0]} and ${flag} are both ${port}. Choose two ports.`);
    await assertPortFree(port, flag);
  }
}

async function startBackends(options: StartStackOptions, closers: (() => Promise<void>)[]): Promise<Backends> {
  options.onProgress('starting a local Conjur, and stand-ins for Secrets Manager and LiteLLM (for development only) …');
  const { data, adminApiKey: wanted, conjurPort, secretsManagerPort, litellmPort } = options;
  const folder = data === ':memory:' ? undefined : dirname(data);
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const conjur = await createLocalConjur({
    port: conjurPort,
    data,
    ...(wanted === undefined ? {} : { adminApiKey: wanted }),
  });
  closers.push(() => conjur.close());
  const admin = await createLocalConjurAdmin(conjur);
  await loadStarterPolicy(admin);
  const lambdaUrl = `http://127.0.0.1:${options.lambdaPort}`;
  const standIns = await startStandIns({
    secretsManagerPort,
    litellmPort,
    folder,
    lambdaUrl,
    region: REGION,
    conjur: admin,
  });
  closers.push(standIns.close);
  return toLocalBackends(conjur, standIns, data);
}

function toLocalBackends(conjur: LocalConjur, standIns: StandIns, data: string): Backends {
  const { url: conjurUrl, account, adminApiKey } = conjur;
  const { secretsManagerUrl, litellmUrl } = standIns;
  const login = {
    CYBERARK_API_BASE: conjurUrl,
    CYBERARK_ACCOUNT: account,
    CYBERARK_USERNAME: 'admin',
    CYBERARK_API_KEY: adminApiKey,
  };
  return {
    addresses: { conjurUrl, account, adminApiKey, data, secretsManagerUrl, litellmUrl },
    environment: toLocalEnvironment({ ...standIns.environment, ...login }),
  };
}

/** Its credentials come from the environment and stay there. */
function toRealConjur(conjurUrl: string): Backends {
  const account = process.env.CYBERARK_ACCOUNT ?? process.env.CONJUR_ACCOUNT ?? 'default';
  const none = { adminApiKey: undefined, data: undefined, secretsManagerUrl: undefined, litellmUrl: undefined };
  return { addresses: { conjurUrl, account, ...none }, environment: { CYBERARK_API_BASE: conjurUrl } };
}

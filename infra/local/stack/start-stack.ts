import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FUNCTION_NAMES } from '../../build/function-names.ts';
import { CREDENTIAL_PARAMETERS } from '../../stack/credential.ts';
import { createLocalConjur, type LocalConjur } from '../conjur/create-local-conjur.ts';
import { createCallLog } from '../console/call-log.ts';
import type { ConsoleFacts } from '../console/console-facts.ts';
import { startConsole } from '../console/start-console.ts';
import { assertPortsFree, type WantedPort } from './assert-ports-free.ts';
import { findFreePort } from './find-free-port.ts';
import type { StackAddresses } from './format-commands.ts';
import { loadStarterPolicy } from './load-starter-policy.ts';
import { createLocalConjurAdmin } from './local-conjur-admin.ts';
import { isDeleteAllowed, toLocalEnvironment, toUnusedConjurNotice } from './local-environment.ts';
import { CREDENTIAL_NAMES } from './stand-in-names.ts';
import { startFunctions } from './start-functions.ts';
import type { StartOptions } from './start-options.ts';
import { type StandIns, startStandIns } from './start-stand-ins.ts';

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
  await assertPortsFree(wantedPorts(options));
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const region = toRegion(process.env);
    const backends =
      options.conjur === undefined ? await startBackends(options, region, closers) : toRealConjur(options.conjur);
    signal.throwIfAborted();
    options.onProgress('starting the functions …');
    const { addresses, environment, parameters } = backends;
    const log = createCallLog();
    const functions = await startFunctions({
      apiPort: await findFreePort(),
      lambdaPort: options.lambdaPort,
      onLine: (line) => {
        log.add(line);
        options.onLine(line);
      },
      environment,
      parameters,
      signal,
    });
    closers.push(functions.close);
    const { apiUrl, lambdaUrl, ended } = functions;
    const front = await startConsole({ port: options.apiPort, apiUrl, log, facts: toFacts(addresses, lambdaUrl) });
    closers.push(front.close);
    return { ...addresses, apiUrl: front.url, lambdaUrl, region, ended, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function toFacts(
  { account, conjurUrl, secretsManagerUrl, litellmUrl }: Backends['addresses'],
  lambdaUrl: string,
): Omit<ConsoleFacts, 'documents'> {
  const credentials = secretsManagerUrl === undefined ? [] : Object.values(CREDENTIAL_NAMES);
  return { account, conjurUrl, lambdaUrl, secretsManagerUrl, litellmUrl, credentials };
}

/** What the functions talk to. */
interface Backends {
  readonly addresses: Omit<StackAddresses, 'apiUrl' | 'lambdaUrl' | 'region'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of serverless.yml. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The ports that were chosen; parts without one take any that is free. */
export function wantedPorts(options: Omit<StartOptions, 'help'>): WantedPort[] {
  const wanted = [
    { flag: '--api-port', port: options.apiPort },
    { flag: '--lambda-port', port: options.lambdaPort },
  ];
  if (options.conjur === undefined) {
    wanted.push({ flag: '--conjur-port', port: options.conjurPort });
    wanted.push({ flag: '--secrets-manager-port', port: options.secretsManagerPort });
    wanted.push({ flag: '--litellm-port', port: options.litellmPort });
  }
  return wanted.filter(({ port }) => port !== 0);
}

/** As in serverless.yml. */
function toRegion({ AWS_REGION, AWS_DEFAULT_REGION }: NodeJS.ProcessEnv): string {
  return AWS_REGION || AWS_DEFAULT_REGION || 'eu-central-1';
}

async function startBackends(
  options: StartStackOptions,
  region: string,
  closers: (() => Promise<void>)[],
): Promise<Backends> {
  options.onProgress('starting a local Conjur, and stand-ins for Secrets Manager and LiteLLM (for development only) …');
  const { data, adminApiKey: wanted, serverVersion, conjurPort, secretsManagerPort, litellmPort } = options;
  const folder = data === ':memory:' ? undefined : dirname(data);
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const conjur = await createLocalConjur({
    port: conjurPort,
    data,
    ...(wanted === undefined ? {} : { adminApiKey: wanted }),
    ...(serverVersion === undefined ? {} : { serverVersion }),
  });
  closers.push(() => conjur.close());
  const notice = toUnusedConjurNotice(process.env, conjur.url);
  if (notice !== undefined) options.onProgress(notice);
  const admin = await createLocalConjurAdmin(conjur);
  await loadStarterPolicy(admin, isDeleteAllowed(process.env));
  const lambdaUrl = `http://127.0.0.1:${options.lambdaPort}`;
  const standIns = await startStandIns({
    secretsManagerPort,
    litellmPort,
    folder,
    lambdaUrl,
    region,
    conjur: admin,
  });
  closers.push(standIns.close);
  return toLocalBackends(conjur, standIns, data);
}

function toLocalBackends(conjur: LocalConjur, standIns: StandIns, data: string): Backends {
  const { url: conjurUrl, account, adminApiKey } = conjur;
  const { secretsManagerUrl, litellmUrl } = standIns;
  const settings = {
    CYBERARK_API_BASE: conjurUrl,
    CYBERARK_ACCOUNT: account,
    // As infra/conjur/secrets-branch.yml asks for them; what the shell says takes precedence.
    CYBERARK_GRANT_READ: process.env.CYBERARK_GRANT_READ || 'group:litellm/readers',
    CYBERARK_GRANT_WRITE: process.env.CYBERARK_GRANT_WRITE || 'group:litellm/writers',
  };
  return {
    addresses: { conjurUrl, account, adminApiKey, data, secretsManagerUrl, litellmUrl },
    environment: toLocalEnvironment({ ...standIns.environment, ...settings }),
    parameters: Object.fromEntries(FUNCTION_NAMES.map((name) => [CREDENTIAL_PARAMETERS[name], CREDENTIAL_NAMES[name]])),
  };
}

/** Its credentials come from the environment and stay there. */
function toRealConjur(conjurUrl: string): Backends {
  const account = process.env.CYBERARK_ACCOUNT ?? process.env.CONJUR_ACCOUNT ?? 'default';
  const none = { adminApiKey: undefined, data: undefined, secretsManagerUrl: undefined, litellmUrl: undefined };
  return { addresses: { conjurUrl, account, ...none }, environment: { CYBERARK_API_BASE: conjurUrl }, parameters: {} };
}

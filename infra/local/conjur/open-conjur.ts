import { createTokens } from './authn/tokens.ts';
import type { LocalConjurOptions } from './create-local-conjur.ts';
import { createApp } from './http/create-app.ts';
import { createFaults } from './http/faults.ts';
import type { Handler } from './http/start-server.ts';
import { createPolicyLock } from './policy/policy-lock.ts';
import { ROUTES } from './routes/routes.ts';
import type { ServerContext } from './server-context.ts';
import { parseServerVersion } from './server-version.ts';
import { createSetting, openStore, type Store } from './store/open-store.ts';
import { createPermissions } from './store/permissions.ts';
import { createResources } from './store/resources.ts';
import { createSecrets } from './store/secrets.ts';

/** A Conjur that answers requests and does not listen. */
export interface OpenConjur {
  readonly handle: Handler;
  readonly account: string;
  readonly adminApiKey: string;
  /** Ends every wait of requests that are being answered. */
  stop(): void;
  /** Closes the data file. */
  release(): void;
}

/**
 * Opens the data and puts the routes on it.
 *
 * @throws {RangeError} for an option out of its bounds.
 * @throws {DataFileLockedError} when another process has the data file open.
 * @throws {AccountMismatchError} when the data file holds another account.
 */
export async function openConjur(options: Omit<LocalConjurOptions, 'host' | 'port'>): Promise<OpenConjur> {
  checkRange('tokenTtlSeconds', options.tokenTtlSeconds, 18_000);
  checkRange('delayMs', options.delayMs, 600_000);
  checkRange('policyLoadMs', options.policyLoadMs, 600_000);
  checkRange('failRate', options.failRate, 1);
  const { account = 'default', now = Date.now, random = Math.random } = options;
  const store = openStore({ file: options.data ?? ':memory:', account, adminApiKey: options.adminApiKey, now });
  const closing = new AbortController();
  const release = () => store.database.close();
  try {
    const context = await createContext(options, store, { account, now, random, signal: closing.signal });
    const faults = createFaults(options.delayMs ?? 0, options.failRate ?? 0, random, closing.signal);
    const app = createApp(context, ROUTES, faults, options.onRequest);
    return {
      handle: (request, bindings) => app.fetch(request, bindings),
      account,
      adminApiKey: store.adminApiKey,
      stop: () => closing.abort(),
      release,
    };
  } catch (error) {
    release();
    throw error;
  }
}

interface Surroundings {
  readonly account: string;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

async function createContext(options: LocalConjurOptions, store: Store, around: Surroundings): Promise<ServerContext> {
  const { database, credentials } = store;
  const { account, now, random, signal } = around;
  return {
    account,
    database,
    credentials,
    now,
    random,
    permissions: createPermissions(database),
    resources: createResources(database),
    secrets: createSecrets(database),
    tokens: await createTokens(createSetting(database, 'signing_key'), options.tokenTtlSeconds ?? 480, now),
    policyLock: createPolicyLock(options.policyLoadMs ?? 10, signal),
    jwt: options.jwt,
    iam: options.iam,
    areApiKeysDefault: options.apiKeysByDefault ?? true,
    serverVersion: parseServerVersion(options.serverVersion ?? '1.24.0'),
    isCertificateNeeded: options.tls?.clientCertificates === 'authn',
    log: options.log ?? (() => {}),
  };
}

function checkRange(name: string, value: number | undefined, max: number): void {
  if (value === undefined || (value >= 0 && value <= max)) return;
  throw new RangeError(`${name} must be between 0 and ${max}, not ${value}`);
}

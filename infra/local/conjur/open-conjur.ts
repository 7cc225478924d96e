import { createCloudKeys } from './authn/cloud-keys.ts';
import { createTokens } from './authn/tokens.ts';
import { type Edition, SAAS_ACCOUNT } from './edition.ts';
import { createApp } from './http/create-app.ts';
import { createFaults } from './http/faults.ts';
import type { Handler } from './http/start-server.ts';
import type { LocalConjurOptions } from './options.ts';
import { createPolicyLock } from './policy/policy-lock.ts';
import { routesOf } from './routes/routes-of-edition.ts';
import type { CloudKeys, ServerContext } from './server-context.ts';
import { behaviourOf, parseServerVersion } from './server-version.ts';
import { createSetting, openStore, type Store } from './store/open-store.ts';
import { createPermissions } from './store/permissions.ts';
import { createResources } from './store/resources.ts';
import { createSecrets } from './store/secrets.ts';
import { seedSaas } from './store/seed-saas.ts';

/** A Conjur that answers requests and does not listen. */
export interface OpenConjur {
  readonly handle: Handler;
  readonly account: string;
  readonly adminApiKey: string;
  /** What its authenticators for clouds believe. */
  readonly cloudKeys: CloudKeys;
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
  const { edition = 'self-hosted', now = Date.now, random = Math.random } = options;
  const account = accountOf(edition, options.account);
  const store = openStore({ file: options.data ?? ':memory:', account, adminApiKey: options.adminApiKey, now });
  const closing = new AbortController();
  const release = () => store.database.close();
  try {
    const context = await createContext(options, store, { account, edition, now, random, signal: closing.signal });
    if (edition === 'saas') seedSaas(context);
    const faults = createFaults(options.delayMs ?? 0, options.failRate ?? 0, random, closing.signal);
    const app = createApp(context, routesOf(context), faults, options.onRequest);
    return {
      handle: (request, bindings) => app.fetch(request, bindings),
      account,
      adminApiKey: store.adminApiKey,
      cloudKeys: context.cloudKeys,
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
  readonly edition: Edition;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

async function createContext(options: LocalConjurOptions, store: Store, around: Surroundings): Promise<ServerContext> {
  const { database, credentials } = store;
  const { account, edition, now, random, signal } = around;
  const serverVersion = parseServerVersion(options.serverVersion ?? '1.24.0');
  const behaviour = behaviourOf(serverVersion);
  return {
    account,
    edition,
    database,
    credentials,
    now,
    random,
    permissions: createPermissions(database),
    resources: createResources(database),
    secrets: createSecrets(database, behaviour.areSameValuesOne),
    tokens: await createTokens(createSetting(database, 'signing_key'), {
      ttlSeconds: options.tokenTtlSeconds ?? 480,
      now,
      hasExpiry: behaviour.hasTokenExpiry,
    }),
    policyLock: createPolicyLock(options.policyLoadMs ?? 10, signal),
    jwt: options.jwt,
    iam: options.iam,
    ldap: options.ldap,
    cloudKeys: createCloudKeys(createSetting(database, 'cloud_key'), now),
    areApiKeysDefault: options.apiKeysByDefault ?? true,
    areAuthenticatorsOn: options.authenticatorsByDefault ?? true,
    isDynamicSecretsOn: (options.dynamicSecrets ?? false) && behaviour.canHaveIssuers,
    serverVersion,
    behaviour,
    areParametersStrict: options.strictParameters ?? false,
    isCertificateNeeded: options.tls?.clientCertificates === 'authn',
    log: options.log ?? (() => {}),
  };
}

function accountOf(edition: Edition, account: string | undefined): string {
  if (edition === 'self-hosted') return account ?? 'default';
  if (account === undefined || account === SAAS_ACCOUNT) return SAAS_ACCOUNT;
  throw new RangeError(`The edition saas has one account, ${SAAS_ACCOUNT}, and not ${account}`);
}

function checkRange(name: string, value: number | undefined, max: number): void {
  if (value === undefined || (value >= 0 && value <= max)) return;
  throw new RangeError(`${name} must be between 0 and ${max}, not ${value}`);
}

import { readFileSync } from 'node:fs';
import { createLocalConjur, type LocalConjurOptions } from '../../../infra/local/conjur/create-local-conjur.ts';
import { createIamAuthenticator } from '../../../lib/auth/iam.ts';
import { createCallerIdentitySigner } from '../../../lib/auth/sign-caller-identity.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { isConjurError } from '../../../lib/errors.ts';
import { settingsFor } from '../../support/settings.ts';

/** As infra/conjur/secrets-branch.yml asks for them. */
const BRANCH_SETTINGS = {
  CYBERARK_POLICY_BRANCH: 'litellm',
  CYBERARK_GRANT_READ: 'group:litellm/readers',
  CYBERARK_GRANT_WRITE: 'group:litellm/writers',
};

export interface Policies {
  readonly url: string;
  readonly admin: ConjurClient;
  /** Loads a file of infra/conjur into root. */
  load(file: string): Promise<void>;
  /** Loads a text as the administrator. */
  loadText(branch: string, text: string): Promise<void>;
  /** Full ids of the roles that were given an api key so far. */
  rolesWithKeys(): string[];
  /** A client of the host, with the api key that a load gave it. */
  as(host: string, environment?: Record<string, string>): ConjurClient;
  /** The api key that a load gave a host. */
  keyOf(host: string): string;
  /** Conjur's answer to a login, past the client. */
  logIn(login: string, apiKey: string): Promise<Response>;
  /** The header of a session of a host. */
  authorizationOf(host: string): Promise<string>;
  /** A client of a host that logs in by its AWS role (authn-iam). */
  asRole(host: string, role: AwsRole): ConjurClient;
  close(): Promise<void>;
}

export interface AwsRole {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function startPolicies(options: LocalConjurOptions = {}): Promise<Policies> {
  const conjur = await createLocalConjur({ policyLoadMs: 0, ...options });
  const admin = createConjurClient(settingsFor(conjur));
  const keys = new Map<string, string>();
  const clients: ConjurClient[] = [admin];
  const loadText = async (branch: string, text: string): Promise<void> => {
    const { createdRoles } = await admin.loadPolicy(branch, text);
    for (const [role, key] of createdRoles) keys.set(role, key.expose());
  };
  const keyOf = (host: string): string => {
    const key = keys.get(`default:host:${host}`);
    if (key === undefined) throw new Error(`no load gave the host ${host} an api key`);
    return key;
  };
  const logIn = (login: string, body: string): Promise<Response> =>
    fetch(`${conjur.url}/authn/default/${encodeURIComponent(login)}/authenticate`, { method: 'POST', body });
  return {
    url: conjur.url,
    admin,
    keyOf,
    logIn,
    async authorizationOf(host) {
      const token = await (await logIn(`host/${host}`, keyOf(host))).text();
      return `Token token="${Buffer.from(token).toString('base64')}"`;
    },
    load: (file) => loadText('root', readFileSync(new URL(`../../../infra/conjur/${file}`, import.meta.url), 'utf8')),
    loadText,
    rolesWithKeys: () => [...keys.keys()],
    as(host, environment = {}) {
      const adminApiKey = keyOf(host);
      const login = { CYBERARK_USERNAME: `host/${host}` };
      const client = createConjurClient(
        settingsFor({ url: conjur.url, adminApiKey }, { ...BRANCH_SETTINGS, ...login, ...environment }),
      );
      clients.push(client);
      return client;
    },
    asRole(host, role) {
      const login = `host/${host}`;
      const sign = createCallerIdentitySigner({
        sts: 'regional',
        region: 'eu-central-1',
        now: Date.now,
        credentials: async () => role,
      });
      const authenticator = createIamAuthenticator({
        account: 'default',
        login,
        serviceId: 'aws',
        sign,
        nameOf: String,
      });
      // The api key is for the settings' own check: the authenticator has no use for it.
      const settings = settingsFor({ url: conjur.url, adminApiKey: 'unused' }, BRANCH_SETTINGS);
      const client = createConjurClient(settings, { authenticator });
      clients.push(client);
      return client;
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await conjur.close();
    },
  };
}

/** What becomes of trying: `done`, or the code of the refusal. */
export async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'done';
  } catch (error) {
    if (isConjurError(error)) return error.code;
    throw error;
  }
}

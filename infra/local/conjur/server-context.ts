import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { LocalIamOptions, LocalJwtOptions, LocalLdapOptions } from './authn/options.ts';
import type { Log } from './authn/refuse-login.ts';
import type { Tokens } from './authn/tokens.ts';
import type { Edition } from './edition.ts';
import type { PolicyLock } from './policy/policy-lock.ts';
import type { Behaviour, ServerVersion } from './server-version.ts';
import type { CredentialStore } from './store/credentials.ts';
import type { Database } from './store/database.ts';
import type { Permissions } from './store/permissions.ts';
import type { Resources } from './store/resources.ts';
import type { Secrets } from './store/secrets.ts';

/**
 * The keys of the clouds that this server plays: what its metadata service signs, its authenticators believe. No token of a
 * genuine cloud is.
 */
export interface CloudKeys {
  /** Signs the claims; they live for `lifeSeconds`. */
  sign(claims: JWTPayload, lifeSeconds: number): Promise<string>;
  /** The key set, as an issuer publishes it. */
  publicKeys(): Promise<JSONWebKeySet>;
}

/** All that the routes work with. */
export interface ServerContext {
  readonly account: string;
  readonly edition: Edition;
  readonly database: Database;
  readonly permissions: Permissions;
  readonly resources: Resources;
  readonly secrets: Secrets;
  readonly credentials: CredentialStore;
  readonly tokens: Tokens;
  readonly policyLock: PolicyLock;
  readonly jwt: LocalJwtOptions | undefined;
  readonly iam: LocalIamOptions | undefined;
  readonly ldap: LocalLdapOptions | undefined;
  readonly cloudKeys: CloudKeys;
  /** Whether a host gets an api key unasked. */
  readonly areApiKeysDefault: boolean;
  /** Whether an authenticator service is on that nobody has switched. */
  readonly areAuthenticatorsOn: boolean;
  /** Whether it has issuers of dynamic secrets. */
  readonly isDynamicSecretsOn: boolean;
  /** The version of Conjur that it behaves as. */
  readonly serverVersion: ServerVersion;
  readonly behaviour: Behaviour;
  /** Whether a query parameter that an endpoint does not define is refused, and not only logged. */
  readonly areParametersStrict: boolean;
  /** Whether the plain `authn` route asks for a client certificate beside the api key. */
  readonly isCertificateNeeded: boolean;
  readonly log: Log;
  /** Time in milliseconds since the epoch. */
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

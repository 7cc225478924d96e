import type { JSONWebKeySet } from 'jose';
import type { TestCredentials } from './verify-sts-request.ts';

/** The AWS credentials that exist for this server. They are made up: no call goes to AWS. */
export interface LocalIamOptions {
  readonly credentials: readonly TestCredentials[];
}

/** How tokens of other issuers are checked where the service's own variables do not say it. */
export interface LocalJwtOptions {
  /** Public keys of the issuer (RFC 7517, section 5). The variable `public-keys` takes precedence. */
  readonly jwks: JSONWebKeySet;
}

/** The directory that `authn-ldap` asks: a table instead of a server. */
export interface LocalLdapOptions {
  /** Passwords by the name of the user, as in Conjur. */
  readonly passwords: Readonly<Record<string, string>>;
}

import type { Clock } from '../clock.ts';
import type { NameOf } from '../options.ts';
import type { AuthSettings } from './auth-options.ts';
import type { RareAuthenticator } from './authenticator.ts';
import { createAzureAuthenticator } from './azure.ts';
import { createGcpAuthenticator } from './gcp.ts';
import { createLdapAuthenticator } from './ldap.ts';
import { createOidcAuthenticator } from './oidc.ts';

export type RareAuth = Extract<AuthSettings, { type: 'azure' | 'gcp' | 'ldap' | 'oidc' }>;

export interface RareAuthenticatorDeps {
  readonly account: string;
  readonly clock: Clock;
  readonly nameOf: NameOf;
}

/** The authenticators that few use together, in one module that is loaded when one of them is. */
export function createRareAuthenticator(auth: RareAuth, deps: RareAuthenticatorDeps): RareAuthenticator {
  switch (auth.type) {
    case 'azure':
      return createAzureAuthenticator({ ...deps, ...auth });
    case 'gcp':
      return createGcpAuthenticator({ ...deps, ...auth });
    case 'ldap':
      return createLdapAuthenticator({ ...deps, ...auth });
    case 'oidc':
      return createOidcAuthenticator({ ...deps, ...auth });
  }
}

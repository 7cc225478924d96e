import type { NameOf } from '../options.ts';
import { exposeUncopied, type Secret } from '../secret.ts';
import { type RareAuthenticator, toAuthenticationRequest } from './authenticator.ts';

export interface LdapAuthenticatorOptions {
  readonly account: string;
  readonly login: string;
  /** Of `authn-ldap/<id>`. */
  readonly serviceId: string;
  readonly password: Secret;
  readonly nameOf: NameOf;
}

/**
 * `POST /authn-ldap/{service}/{account}/{login}/authenticate` with the password as the body. Conjur asks the directory.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/integrations/ldap/ldap_authenticator.htm
 */
export function createLdapAuthenticator(options: LdapAuthenticatorOptions): RareAuthenticator {
  const { account, login, serviceId, password, nameOf } = options;
  return {
    advice: `Check ${nameOf('auth.login')} and ${nameOf('auth.password')} against the directory, that authn-ldap/${serviceId} is enabled, and that the user exists in Conjur and may \`authenticate\` there.`,
    prepare: async (refusals) =>
      refusals > 0
        ? undefined
        : toAuthenticationRequest(
            { service: ['authn-ldap', serviceId], account, login },
            { headers: { 'content-type': 'text/plain' }, body: exposeUncopied(password) },
          ),
  };
}

import { exposeUncopied } from '../secret.ts';
import type { NameOf } from '../settings.ts';
import type { Authenticator } from './authenticator.ts';
import { toAuthenticationRequest } from './authenticator.ts';
import type { CredentialSource } from './credential.ts';

/**
 * `POST /authn/{account}/{login}/authenticate` with the api key as the body.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_authenticate.htm
 */
export function createApiKeyAuthenticator(account: string, source: CredentialSource, nameOf: NameOf): Authenticator {
  return {
    kind: 'api-key',
    advice: `Check ${nameOf('account')}, ${nameOf('auth.login')} (a host is written host/path/name) and the api key in ${source.description}; a key that was rotated is dead at once, and a host or user whose annotation authn/api-key is false has none (Conjur 1.26.1 and later).`,
    async prepare(refusals, deadline) {
      const credential = await source.get(refusals, deadline);
      if (credential === undefined) return undefined;
      return toAuthenticationRequest(
        { service: ['authn'], account, login: credential.login },
        { headers: { 'content-type': 'text/plain' }, body: exposeUncopied(credential.apiKey) },
      );
    },
  };
}

import type { ClientSettings } from '../settings/client-settings.ts';
import type { AuthenticatorKind } from './authenticator.ts';

type Given = Pick<ClientSettings, 'apiKey' | 'apiKeySecretId' | 'authnServiceId' | 'jwt' | 'jwtFile'>;

/** Which authenticator is meant, by the credential that is there. An api key together with a client certificate stays an api key. */
export function inferAuthenticator(given: Given, tls: Pick<ClientSettings['tls'], 'clientCert'>): AuthenticatorKind {
  if (given.jwt !== undefined || given.jwtFile !== undefined) return 'jwt';
  if (given.apiKey !== undefined || given.apiKeySecretId !== undefined) return 'api-key';
  if (tls.clientCert !== undefined) return 'cert';
  return given.authnServiceId === undefined ? 'api-key' : 'iam';
}

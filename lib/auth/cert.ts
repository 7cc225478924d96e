import { exposeUncopied } from '../secret.ts';
import type { NameOf } from '../settings.ts';
import type { Authenticator } from './authenticator.ts';
import { toAuthenticationRequest } from './authenticator.ts';
import type { CredentialSource } from './credential.ts';

export interface CertAuthenticatorOptions {
  readonly account: string;
  /** Undefined: the certificate's URI names the host (SPIFFE mode). */
  readonly login: string | undefined;
  /** Of `authn-cert/<id>`. Undefined: the certificate is asked for in front of the plain `authn`. */
  readonly serviceId: string | undefined;
  /** The api key that the plain `authn` may want beside the certificate. */
  readonly source: CredentialSource | undefined;
  readonly nameOf: NameOf;
}

/**
 * Mutual TLS. The certificate itself travels in the TLS handshake, by the client's TLS settings; what is left is the request.
 * - `authn-cert`: `POST /authn-cert/{service}/{account}[/{login}]/authenticate` without a body. With a login the certificate must be
 *   that host's (request mode); without one the host stands in the certificate (SPIFFE mode).
 * - plain `authn` with a server in front that wants a certificate: with the api key where there is one, else without a body.
 *
 * https://docs.cyberark.com/conjur-enterprise/latest/en/content/operations/services/cjr-authn-cert-lp.htm
 */
export function createCertAuthenticator(options: CertAuthenticatorOptions): Authenticator {
  const { account, login, serviceId, source, nameOf } = options;
  if (serviceId !== undefined) {
    const target = { service: ['authn-cert', serviceId], account, login };
    return {
      kind: 'cert',
      advice: `Check the certificate in ${nameOf('tls.clientCert')} (its dates, who signed it, and the host that it names), that authn-cert/${serviceId} is enabled, and that the host may \`authenticate\` there.`,
      prepare: async (refusals) => (refusals === 0 ? toAuthenticationRequest(target, {}) : undefined),
    };
  }
  return {
    kind: 'cert',
    advice: `Check the certificate in ${nameOf('tls.clientCert')} (its dates, and who signed it) and ${nameOf('auth.login')}${source === undefined ? `; if this Conjur also wants an api key, set ${nameOf('auth.apiKey')}` : `, and the api key in ${source.description}`}.`,
    async prepare(refusals, deadline) {
      if (source === undefined) return refusals === 0 ? plainRequest(account, login ?? 'admin') : undefined;
      const credential = await source.get(refusals, deadline);
      return credential && plainRequest(account, credential.login, exposeUncopied(credential.apiKey));
    },
  };
}

function plainRequest(account: string, login: string, body: Uint8Array = Buffer.alloc(0)) {
  return toAuthenticationRequest(
    { service: ['authn'], account, login },
    { headers: { 'content-type': 'text/plain' }, body },
  );
}

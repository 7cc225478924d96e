import type { NameOf } from '../options.ts';
import type { Secret } from '../secret.ts';
import type { TokenProvider } from './auth-options.ts';
import { type RareAuthenticator, toAuthenticationRequest, toForm } from './authenticator.ts';
import { takeToken } from './jwt.ts';

export interface OidcAuthenticatorOptions {
  readonly account: string;
  /** Of `authn-oidc/<id>`. */
  readonly serviceId: string;
  /** A token, or what gives one. */
  readonly idToken: Secret | TokenProvider;
  readonly nameOf: NameOf;
}

/**
 * `POST /authn-oidc/{service}/{account}/authenticate` with `id_token=<token>` as a form; a claim of the token names the user. A function
 * that gives tokens is asked once more where one was refused and the next is another.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/oidc/oidc.htm
 */
export function createOidcAuthenticator({
  account,
  serviceId,
  idToken,
  nameOf,
}: OidcAuthenticatorOptions): RareAuthenticator {
  const option = nameOf('auth.idToken');
  let refused: Secret | undefined;
  return {
    advice: `Check the token in ${option}: that it has not expired, that its issuer is the provider of authn-oidc/${serviceId}, and that its user exists in Conjur and may \`authenticate\` there. Since Conjur 1.26.1 a server takes id tokens only where it is told to.`,
    async prepare(refusals) {
      const token = await takeToken(idToken, option);
      if (refusals > 1 || (refusals === 1 && refused?.equals(token) === true)) return undefined;
      refused = token;
      return toAuthenticationRequest(
        { service: ['authn-oidc', serviceId], account, login: undefined },
        toForm({ id_token: token.expose() }),
      );
    },
  };
}

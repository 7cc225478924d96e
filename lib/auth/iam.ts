import type { NameOf } from '../settings.ts';
import type { Authenticator } from './authenticator.ts';
import { toAuthenticationRequest } from './authenticator.ts';

/** Headers that sign a `GetCallerIdentity` call, by name in lower case. */
export type SignedHeaders = Readonly<Record<string, string>>;

export interface IamAuthenticatorOptions {
  readonly account: string;
  /** `host/<policy path>/<aws account>/<role name>`. */
  readonly login: string;
  /** Of `authn-iam/<id>`. */
  readonly serviceId: string;
  /** Signs with the credentials and the time of this moment. */
  readonly sign: () => Promise<SignedHeaders>;
  readonly nameOf: NameOf;
}

/**
 * `POST /authn-iam/{service}/{account}/{login}/authenticate`. The body is a signed call of AWS STS, which Conjur makes to learn who
 * signed it. A signature is good for minutes, so each attempt gets its own.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/operations/services/aws_iam_authenticator.htm
 */
export function createIamAuthenticator({
  account,
  login,
  serviceId,
  sign,
  nameOf,
}: IamAuthenticatorOptions): Authenticator {
  const target = { service: ['authn-iam', serviceId], account, login };
  return {
    kind: 'iam',
    advice: `Check that ${nameOf('auth.login')} ends with the AWS account and the name of this role (host/<policy path>/<aws account>/<role name>), that the host may \`authenticate\` at authn-iam/${serviceId}, and that Conjur reaches AWS STS in this region (${nameOf('auth.sts')} set to global signs for the global one).`,
    async prepare(refusals) {
      if (refusals > 0) return undefined;
      return toAuthenticationRequest(target, {
        headers: { 'content-type': 'application/json' },
        freshParts: async () => ({ body: JSON.stringify(await sign()) }),
      });
    },
  };
}

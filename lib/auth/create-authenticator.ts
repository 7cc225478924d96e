import type { Clock } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { Settings } from '../options.ts';
import { createApiKeyAuthenticator } from './api-key.ts';
import type { Authenticator } from './authenticator.ts';
import { createCertAuthenticator } from './cert.ts';
import { type CredentialSource, createStaticCredential } from './credential.ts';
import { createIamAuthenticator, type SignedHeaders } from './iam.ts';
import { createJwtAuthenticator, createJwtFile, createStaticJwt, type JwtSource } from './jwt.ts';
import type { SecretReader } from './secret-reader.ts';
import { createSecretsManagerCredential } from './secrets-manager-credential.ts';
import type { CallerIdentitySignerOptions } from './sign-caller-identity.ts';

/** What the authenticators reach out to. */
export interface AuthenticatorPorts {
  readonly loadSecretReader: () => Promise<SecretReader>;
  /** Called once, when the first signature is wanted, so that AWS's SDK is loaded no sooner. */
  readonly loadSigner: (
    options: Pick<CallerIdentitySignerOptions, 'sts' | 'region'>,
  ) => Promise<() => Promise<SignedHeaders>>;
}

/** The api key that the settings give: from Secrets Manager, where it heals, before the one in the environment. */
export function createCredentialSource(
  settings: Settings,
  ports: Pick<AuthenticatorPorts, 'loadSecretReader'> & { readonly clock: Clock },
): CredentialSource | undefined {
  const { login, apiKey, apiKeySecretId: secretId } = settings;
  if (secretId !== undefined) {
    return createSecretsManagerCredential({ secretId, login, loadReader: ports.loadSecretReader, clock: ports.clock });
  }
  return apiKey && createStaticCredential({ login, apiKey });
}

/**
 * The authenticator that the settings name.
 * @throws ConjurError `config_invalid` where they lack what it needs
 */
export function createAuthenticator(
  settings: Settings,
  source: CredentialSource | undefined,
  ports: AuthenticatorPorts,
): Authenticator {
  const { account, login } = settings;
  const serviceId = settings.authnServiceId;
  const loginIfGiven = settings.loginGiven ? login : undefined;
  switch (settings.authn) {
    case 'api-key':
      return createApiKeyAuthenticator(account, source ?? missing('an api key (CYBERARK_API_KEY)'));
    case 'cert':
      return createCertAuthenticator({ account, login: loginIfGiven, serviceId, source });
    case 'jwt':
      return createJwtAuthenticator({
        account,
        serviceId: serviceId ?? missing('a service id (CYBERARK_AUTHN_SERVICE_ID)'),
        login: loginIfGiven,
        source: toJwtSource(settings),
      });
    case 'iam':
      return createIamAuthenticator({
        account,
        login,
        serviceId: serviceId ?? missing('a service id (CYBERARK_AUTHN_SERVICE_ID)'),
        sign: lazySigner(settings, ports),
      });
  }
}

function toJwtSource({ jwt, jwtFile }: Settings): JwtSource {
  if (jwtFile !== undefined) return createJwtFile(jwtFile);
  return createStaticJwt(jwt ?? missing('a JSON web token (CYBERARK_AUTHN_JWT or CYBERARK_AUTHN_JWT_FILE)'));
}

/** A signer that could not be loaded is loaded anew the next time. */
function lazySigner(settings: Settings, ports: AuthenticatorPorts): () => Promise<SignedHeaders> {
  let signer: (() => Promise<SignedHeaders>) | undefined;
  return async () => {
    signer ??= await ports.loadSigner({ sts: settings.iamSts, region: settings.awsRegion });
    return signer();
  };
}

function missing(what: string): never {
  throw new ConjurError('config_invalid', `The authenticator that was chosen needs ${what}, and there is none.`);
}

import type { Clock } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import { type AuthSettings, createNameOf, type NameOf, type Settings } from '../settings.ts';
import { createApiKeyAuthenticator } from './api-key.ts';
import type { Authenticator, RareAuthenticator } from './authenticator.ts';
import { createCertAuthenticator } from './cert.ts';
import { type CredentialSource, createStaticCredential } from './credential.ts';
import { createIamAuthenticator, type SignedHeaders } from './iam.ts';
import { createJwtAuthenticator, createJwtFile, createJwtSource, type JwtSource } from './jwt.ts';
import type { SecretReader } from './secret-reader.ts';
import { createSecretsManagerCredential } from './secrets-manager-credential.ts';
import type { CallerIdentitySignerOptions } from './sign-caller-identity.ts';
import { createTokenFileAuthenticator } from './token-file.ts';

/** What the authenticators reach out to. */
export interface AuthenticatorDeps {
  readonly clock: Clock;
  readonly loadSecretReader: () => Promise<SecretReader>;
  /** Called once, when the first signature is wanted, so that AWS's SDK is loaded no sooner. */
  readonly loadSigner: (
    options: Pick<CallerIdentitySignerOptions, 'sts' | 'region'>,
  ) => Promise<() => Promise<SignedHeaders>>;
}

/** The api key that the settings give: from Secrets Manager, where it heals, before the one in the environment. */
export function createCredentialSource(
  settings: Settings,
  deps: Pick<AuthenticatorDeps, 'loadSecretReader' | 'clock'>,
): CredentialSource | undefined {
  const { auth } = settings;
  const nameOf = createNameOf(settings);
  if (auth.type !== 'api-key' && auth.type !== 'cert') return undefined;
  const { login = 'admin', apiKey, apiKeySecretId: secretId } = auth;
  if (secretId !== undefined) {
    return createSecretsManagerCredential({
      secretId,
      option: nameOf('auth.apiKeySecretId'),
      login,
      loadReader: deps.loadSecretReader,
      clock: deps.clock,
    });
  }
  return apiKey && createStaticCredential({ login, apiKey }, nameOf('auth.apiKey'));
}

/**
 * The authenticator that the settings name.
 * @throws ConjurError `config_invalid` where they lack what it needs
 */
export function createAuthenticator(
  settings: Settings,
  source: CredentialSource | undefined,
  deps: AuthenticatorDeps,
): Authenticator {
  const { account, auth } = settings;
  const nameOf = createNameOf(settings);
  switch (auth.type) {
    case 'api-key':
      return createApiKeyAuthenticator(account, source ?? missingCredential(), nameOf);
    case 'cert':
      return createCertAuthenticator({ account, login: auth.login, serviceId: auth.serviceId, source, nameOf });
    case 'jwt':
      return createJwtAuthenticator({
        account,
        serviceId: auth.serviceId,
        login: auth.login,
        source: toJwtSource(auth, nameOf),
        nameOf,
      });
    case 'iam':
      return createIamAuthenticator({
        account,
        login: auth.login,
        serviceId: auth.serviceId,
        sign: lazySigner(auth, deps),
        nameOf,
      });
    case 'token-file':
      return createTokenFileAuthenticator({ path: auth.tokenFile, clock: deps.clock, nameOf });
    default:
      return loadedWhenUsed(auth.type, async () => {
        const { createRareAuthenticator } = await import('./rare.ts');
        return createRareAuthenticator(auth, { account, clock: deps.clock, nameOf });
      });
  }
}

/** An authenticator whose code a cold start of the others need not load. */
function loadedWhenUsed(kind: Authenticator['kind'], load: () => Promise<RareAuthenticator>): Authenticator {
  let loaded: RareAuthenticator | undefined;
  return {
    kind,
    // It is asked for only after something was prepared and refused.
    get advice() {
      return loaded?.advice ?? '';
    },
    async prepare(refusals, deadline) {
      loaded ??= await load();
      return loaded.prepare(refusals, deadline);
    },
  };
}

function toJwtSource({ jwt, jwtFile }: Extract<AuthSettings, { type: 'jwt' }>, nameOf: NameOf): JwtSource {
  if (jwtFile !== undefined) return createJwtFile(jwtFile, nameOf('auth.jwtFile'));
  return createJwtSource(jwt ?? missingCredential(), nameOf('auth.jwt'));
}

/** A signer that could not be loaded is loaded anew the next time. */
function lazySigner(
  { sts, region }: Extract<AuthSettings, { type: 'iam' }>,
  deps: AuthenticatorDeps,
): () => Promise<SignedHeaders> {
  let signer: (() => Promise<SignedHeaders>) | undefined;
  return async () => {
    signer ??= await deps.loadSigner({ sts, region });
    return signer();
  };
}

/** The default deps. AWS's SDK is the heaviest thing that a cold start can meet, so its parts are loaded when first needed. */
export function lazyAuthenticatorDeps(secretReader: SecretReader | undefined, clock: Clock): AuthenticatorDeps {
  let reader = secretReader;
  return {
    clock,
    async loadSecretReader() {
      reader ??= (
        await loadOptional(() => import('./create-secret-reader.ts'), 'a credential in AWS Secrets Manager')
      ).createSecretReader();
      return reader;
    },
    async loadSigner(options) {
      const { createCallerIdentitySigner } = await loadOptional(() => import('./sign-caller-identity.ts'), 'authn-iam');
      return createCallerIdentitySigner({ ...options, now: () => clock.now() });
    },
  };
}

/**
 * Parts of the AWS SDK are optional peers of this package: few need them, and they are large.
 * @throws ConjurError `config_invalid` that says which one to install
 */
export async function loadOptional<T>(load: () => Promise<T>, what: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const name = /Cannot find (?:package|module) '((?:@[^/']+\/)?[^/']+)'/.exec(
      error instanceof Error ? error.message : '',
    )?.[1];
    if (name === undefined) throw error;
    throw new ConjurError(
      'config_invalid',
      `The package ${name} is needed for ${what}, and is not installed: npm install @aws-sdk/client-secrets-manager @aws-sdk/credential-provider-node @smithy/signature-v4 @smithy/hash-node`,
      { cause: error },
    );
  }
}

/** Settings are checked before they come here. */
function missingCredential(): never {
  throw new ConjurError('config_invalid', 'The authenticator that was chosen needs a credential, and there is none.');
}

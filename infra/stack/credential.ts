import { inferAuthenticator } from '../../lib/auth/create-authenticator.ts';
import { Secret } from '../../lib/secret.ts';
import { type ResolverContext, resolveSetting } from './resolver-context.ts';

/** The logical id of the secret in credential-of-the-stack.yml. */
export const CREDENTIAL_LOGICAL_ID = 'ConjurCredential';

/** Where the functions have their Conjur credential from. */
export interface Credential {
  /** In the stack's own secret, in a secret of the account, or not needed: the identity is the role (authn-iam) or a file. */
  readonly kind: 'of-the-stack' | 'elsewhere' | 'none';
  /** For the environment: an id, an ARN or a reference. */
  readonly secretId: string | Record<string, unknown> | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Decided by `CYBERARK_API_KEY_SECRET_ID` and the authenticator. */
export async function resolveCredential(
  context: ResolverContext,
  environment: Environment = process.env,
): Promise<Credential> {
  const secretId = await resolveSetting(context, 'CYBERARK_API_KEY_SECRET_ID', environment);
  if (secretId !== undefined) return { kind: 'elsewhere', secretId };
  const authn = await resolveAuthenticator(context, environment);
  if (authn !== 'api-key') return { kind: 'none', secretId: undefined };
  return { kind: 'of-the-stack', secretId: { Ref: CREDENTIAL_LOGICAL_ID } };
}

/**
 * What `CYBERARK_AUTHN` says, or what the functions would infer from the other settings without the secret of the stack: with that in
 * their environment they would take a client certificate for mutual TLS beside an api key.
 */
export async function resolveAuthenticator(
  context: ResolverContext,
  environment: Environment = process.env,
): Promise<string> {
  const setting = (name: string): Promise<string | undefined> => resolveSetting(context, name, environment);
  const clientCert = await setting('CYBERARK_CLIENT_CERT');
  const given = {
    apiKey: undefined,
    apiKeySecretId: await setting('CYBERARK_API_KEY_SECRET_ID'),
    authnServiceId: await setting('CYBERARK_AUTHN_SERVICE_ID'),
    jwt: undefined,
    jwtFile: await setting('CYBERARK_AUTHN_JWT_FILE'),
  };
  const tls = { clientCert: clientCert === undefined ? undefined : Secret.of(clientCert) };
  return (await setting('CYBERARK_AUTHN')) ?? inferAuthenticator(given, tls);
}

/** The ARN, or where only a name is known, the ARN with the six characters that Secrets Manager puts behind it left open. */
export function toSecretArn(id: string): string | Record<string, unknown> {
  if (id.startsWith('arn:')) return id;
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${id}-??????`,
  };
}

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

/** Decided by `CYBERARK_AUTHN` and `CYBERARK_API_KEY_SECRET_ID`. */
export async function resolveCredential(
  context: ResolverContext,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Credential> {
  const secretId = await resolveSetting(context, 'CYBERARK_API_KEY_SECRET_ID', environment);
  if (secretId !== undefined) return { kind: 'elsewhere', secretId };
  const authn = (await resolveSetting(context, 'CYBERARK_AUTHN', environment)) ?? 'api-key';
  if (authn !== 'api-key') return { kind: 'none', secretId: undefined };
  return { kind: 'of-the-stack', secretId: { Ref: CREDENTIAL_LOGICAL_ID } };
}

/** The ARN, or where only a name is known, the ARN with the six characters that Secrets Manager puts behind it left open. */
export function toSecretArn(id: string): string | Record<string, unknown> {
  if (id.startsWith('arn:')) return id;
  return {
    'Fn::Sub': `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:\${AWS::AccountId}:secret:${id}-??????`,
  };
}

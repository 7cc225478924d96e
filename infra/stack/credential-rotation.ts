import { type Credential, resolveCredentials } from './credential.ts';
import { resolveRegion } from './region.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { findExpressionFault } from './schedule-expression.ts';

const ROTATE_KEY = { 'Fn::GetAtt': ['RotateDashkeyLambdaFunction', 'Arn'] };

/** One credential is rotated at a time, so that a rotation that goes wrong is seen before the next one begins. */
const HOURS_APART = 8;
const MONTHLY = 'cron(0 1 1 * ? *)';

/**
 * Secrets Manager's rotation of the credentials, by the parameter `credential_rotation`: an expression, or `off`. Where it is not set,
 * the stack's own secrets are rotated, and one that was there before is not: it may have other users, or a rotation of its own.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
 */
export async function resolveCredentialRotation(context: ResolverContext): Promise<Record<string, unknown>> {
  const rotated = await resolveRotatedCredentials(context);
  return { Resources: Object.assign({}, ...rotated.map(toResources)) as Record<string, unknown> };
}

/** A credential that Secrets Manager rotates, and when. */
export interface RotatedCredential {
  readonly credential: Credential;
  /** Of Secrets Manager: `rate(…)` or `cron(…)`. */
  readonly expression: string;
}

/** @throws Error for an expression that Secrets Manager does not take, and for a secret that this stack's function cannot rotate */
export async function resolveRotatedCredentials(context: ResolverContext): Promise<RotatedCredential[]> {
  const { layout, secrets } = await resolveCredentials(context);
  const given = await resolveParam(context, 'credential_rotation');
  if (given === 'off') return [];
  const fault = given === undefined ? undefined : findExpressionFault(given, 'Secrets Manager');
  if (fault !== undefined)
    throw new Error(
      `The parameter credential_rotation must be off, or an expression of Secrets Manager such as rate(30 days), rate(12 hours) or cron(0 3 1 * ? *): ${fault}.`,
    );
  if (given !== undefined) await assertRotatable(context, secrets);
  const expression = given ?? (layout === 'shared' ? 'rate(30 days)' : MONTHLY);
  return secrets
    .map((credential, index) => ({ credential, expression: shift(expression, index * HOURS_APART) }))
    .filter(({ credential: { kind } }) => given !== undefined || kind === 'of-the-stack');
}

/** Secrets Manager calls functions of its own region and account. The account is known when the stack is deployed (check-account.ts). */
async function assertRotatable(context: ResolverContext, secrets: readonly Credential[]): Promise<void> {
  const own = await resolveRegion(context);
  const foreign = secrets.find(({ reference: { region } }) => region !== undefined && region !== own);
  if (foreign === undefined) return;
  throw new Error(
    `The secret ${foreign.secretId} is in ${foreign.reference.region}, and Secrets Manager there cannot call a function in ${own}. Set credential_rotation=off, and have it rotated in its own region, or by an entry of custom.rotations.`,
  );
}

/** A cron that names its hour is shifted for each credential; a rate has no hour of its own. */
function shift(expression: string, hours: number): string {
  return expression.replace(
    /^cron\((\S+) (\d{1,2}) /,
    (_, minute, hour) => `cron(${minute} ${(Number(hour) + hours) % 24} `,
  );
}

/** `ConjurCredential` has had its ids without the first word from the beginning. */
function prefixOf({ logicalId }: Credential): string {
  return logicalId.replace(/^Conjur/, '');
}

function toResources({ credential, expression }: RotatedCredential): Record<string, unknown> {
  const { secretId, reference } = credential;
  const prefix = prefixOf(credential);
  return {
    [`${prefix}RotationPermission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: ROTATE_KEY,
        Action: 'lambda:InvokeFunction',
        Principal: 'secretsmanager.amazonaws.com',
        SourceAccount: { Ref: 'AWS::AccountId' },
        SourceArn: reference.arn,
      },
    },
    [`${prefix}Rotation`]: {
      Type: 'AWS::SecretsManager::RotationSchedule',
      DependsOn: [`${prefix}RotationPermission`, 'CredentialRotationPolicy'],
      Properties: {
        SecretId: secretId,
        RotationLambdaARN: ROTATE_KEY,
        RotationRules: { ScheduleExpression: expression },
        // A new stack's secret holds no working credential yet.
        RotateImmediatelyOnUpdate: false,
      },
    },
  };
}

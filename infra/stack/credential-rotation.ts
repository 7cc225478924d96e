import { type Credential, resolveCredentials } from './credential.ts';
import { resolveRegion } from './region.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { findExpressionFault } from './schedule-expression.ts';

const ROTATE_KEY = { 'Fn::GetAtt': ['RotateDashkeyLambdaFunction', 'Arn'] };

const MONTHLY = 'cron(0 1 1 * ? *)';

/** Expressions of their own, for some of the credentials. That of rotate-key's is `credential_rotation` itself. */
const OWN_EXPRESSION: Readonly<Record<string, string>> = {
  ReadSecretCredential: 'read_secret_credential_rotation',
  WriteSecretCredential: 'write_secret_credential_rotation',
};

/**
 * Secrets Manager's rotation of the credentials, by the parameter `credential_rotation`: an expression, or `off`. Where it is not set,
 * the stack's own secrets are rotated, and one that was there before is not: it may have other users, or a rotation of its own. One is
 * rotated at a time, hours apart, so that a rotation that goes wrong is seen before the next one begins.
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
  if (given !== undefined) assertExpression('credential_rotation', given);
  const expression = given ?? (layout === 'shared' ? 'rate(30 days)' : MONTHLY);
  const own = await Promise.all(secrets.map((credential) => resolveOwnExpression(context, credential)));
  const asked = secrets.filter((_, index) => given !== undefined || own[index] !== undefined);
  if (asked.length > 0) await assertRotatable(context, asked);
  const common = spread(expression, own.filter((one) => one === undefined).length);
  return secrets
    .map((credential, index) => ({ credential, expression: own[index] ?? (common.shift() as string) }))
    .filter(({ credential }) => asked.includes(credential) || credential.kind === 'of-the-stack');
}

async function resolveOwnExpression(context: ResolverContext, { logicalId }: Credential): Promise<string | undefined> {
  const name = OWN_EXPRESSION[logicalId];
  const given = name === undefined ? undefined : await resolveParam(context, name);
  if (given !== undefined) assertExpression(name as string, given);
  return given;
}

function assertExpression(name: string, given: string): void {
  const fault = findExpressionFault(given, 'Secrets Manager');
  if (fault === undefined) return;
  throw new Error(
    `The parameter ${name} must be ${name === 'credential_rotation' ? 'off, or ' : ''}an expression of Secrets Manager such as rate(30 days), rate(12 hours) or cron(0 3 1 * ? *): ${fault}.`,
  );
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

/**
 * An expression for each of some credentials, hours apart. A cron is shifted. A rate has no hour of its own, for Secrets Manager counts
 * it from midnight: with several credentials it becomes the cron that comes to the same.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
 * @example spread('rate(7 days)', 2) // ['cron(0 1 ? * SUN *)', 'cron(0 13 ? * SUN *)']
 */
function spread(expression: string, count: number): string[] {
  if (count < 2) return [expression];
  const [, minutes = '', hours = '', days = ''] = /^cron\((\S+) (\S+) (.+)\)$/.exec(toCron(expression, count)) ?? [];
  const [start = '0', step] = hours.replace('*', '0').split('/');
  const cycle = Number(step ?? 24);
  return Array.from({ length: count }, (_, index) => {
    const hour = (Number(start) + index * Math.max(1, Math.floor(cycle / count))) % cycle;
    return `cron(${minutes} ${step === undefined ? hour : `${hour}/${step}`} ${days})`;
  });
}

/** Months between two rotations, by the days of a rate that come to so many. */
const MONTHS: Readonly<Record<string, number>> = { 30: 1, 60: 2, 90: 3, 120: 4, 180: 6, 365: 12 };

/** @throws Error for a rate that no cron comes to */
function toCron(expression: string, count: number): string {
  const [, amount = '', unit = ''] = /^rate\((\d+) (day|hour)s?\)$/.exec(expression) ?? [];
  if (unit === '') return expression;
  const hours = Number(amount) * (unit === 'day' ? 24 : 1);
  if (hours === 24) return 'cron(0 1 * * ? *)';
  if (hours === 168) return 'cron(0 1 ? * SUN *)';
  if (24 % hours === 0) return `cron(0 0/${hours} * * ? *)`;
  const months = MONTHS[hours / 24];
  if (months !== undefined) return `cron(0 1 1 ${months === 1 ? '*' : months === 12 ? '1' : `1/${months}`} ? *)`;
  throw new Error(
    `The parameter credential_rotation is ${expression}, which would rotate the ${count} credentials at the same time. Take rate(4, 6, 8 or 12 hours), rate(1, 7, 30, 60, 90, 120, 180 or 365 days), or a cron such as cron(0 1 1,15 * ? *), whose hour is shifted for each; or give each an expression of its own by read_secret_credential_rotation and write_secret_credential_rotation.`,
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

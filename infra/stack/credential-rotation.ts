import { resolveCredential, toSecretArn } from './credential.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';

const ROTATE_KEY = { 'Fn::GetAtt': ['RotateDashkeyLambdaFunction', 'Arn'] };

/** The file that defines the stack's own secret, or the one that defines nothing. */
export async function resolveCredentialFile(context: ResolverContext): Promise<string> {
  const { kind } = await resolveCredential(context);
  return kind === 'of-the-stack' ? 'credential-of-the-stack.yml' : 'credential-elsewhere.yml';
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html: no minutes, and cron has six fields. */
const EXPRESSION = /^(?:rate\([1-9]\d{0,2} (?:hour|day)s?\)|cron\(\S+(?: \S+){5}\))$/;

/**
 * Secrets Manager's rotation of the credential, by the parameter `credential_rotation`: an expression, or `off`. Where it is not set, the
 * stack's own secret is rotated, and one that was there before is not: it may have other users, or a rotation of its own.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
 */
export async function resolveCredentialRotation(context: ResolverContext): Promise<Record<string, unknown>> {
  const { kind, secretId } = await resolveCredential(context);
  const byDefault = kind === 'of-the-stack' ? 'rate(30 days)' : 'off';
  const rate = (await resolveParam(context, 'credential_rotation')) ?? byDefault;
  if (kind === 'none' || rate === 'off') return { Resources: {} };
  if (!EXPRESSION.test(rate))
    throw new Error(
      'The parameter credential_rotation must be off, or an expression of Secrets Manager such as rate(30 days), rate(12 hours) or cron(0 3 1 * ? *).',
    );
  return {
    Resources: {
      CredentialRotationPermission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          FunctionName: ROTATE_KEY,
          Action: 'lambda:InvokeFunction',
          Principal: 'secretsmanager.amazonaws.com',
          SourceAccount: { Ref: 'AWS::AccountId' },
          SourceArn: typeof secretId === 'string' ? toSecretArn(secretId) : secretId,
        },
      },
      CredentialRotation: {
        Type: 'AWS::SecretsManager::RotationSchedule',
        DependsOn: ['CredentialRotationPermission', 'CredentialReadPolicy', 'CredentialRotationPolicy'],
        Properties: {
          SecretId: secretId,
          RotationLambdaARN: ROTATE_KEY,
          RotationRules: { ScheduleExpression: rate },
          // A new stack's secret holds no working credential yet.
          RotateImmediatelyOnUpdate: false,
        },
      },
    },
  };
}

import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { parseInput, rotateSecretInput, secretIdInput } from '../input-schemas.ts';
import type { RotationRules, SecretRecord } from '../secret-record.ts';
import { attachLabel, findLabelHolder, findVersion } from '../staging-labels.ts';
import type { Operation, OperationContext } from './operation.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html */
export const rotateSecret: Operation = (context, rawInput) => {
  const input = parseInput(rotateSecretInput, rawInput);
  const secret = context.store.getLive(input.SecretId);
  const lambdaArn = input.RotationLambdaARN ?? secret.rotation?.lambdaArn;
  if (lambdaArn === undefined) {
    throw new AwsJsonError(
      'InvalidRequestException',
      'No Lambda rotation function ARN is associated with this secret.',
    );
  }
  context.rotation.checkInvocable();
  checkRules(input.RotationRules);
  const token = input.ClientRequestToken;
  const begun = findPending(secret);
  if (begun !== undefined && begun !== token) {
    context.rotation.start(secret, begun);
    throw incomplete();
  }
  const known = findVersion(secret, token);
  if (known !== undefined && begun !== token && !known.stages.includes('AWSCURRENT')) throw tokenInUse(secret, token);
  const rules = input.RotationRules ?? secret.rotation?.rules;
  secret.rotation = { enabled: true, lambdaArn, ...(rules === undefined ? {} : { rules }) };
  const immediate = input.RotateImmediately ?? true;
  if (known === undefined) reserveVersion(context, secret, token);
  context.store.save();
  if (known === undefined || begun === token) begin(context, secret, token, immediate);
  return { ARN: secret.arn, Name: secret.name, VersionId: token };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CancelRotateSecret.html */
export const cancelRotateSecret: Operation = ({ store, rotation }, rawInput) => {
  const secret = store.getLive(parseInput(secretIdInput, rawInput).SecretId);
  rotation.cancel(secret);
  if (secret.rotation !== undefined) secret.rotation.enabled = false;
  store.save();
  return { ARN: secret.arn, Name: secret.name, VersionId: findPending(secret) };
};

/** The version of a rotation that is not finished: AWSPENDING, unless it is AWSCURRENT too. */
function findPending(secret: SecretRecord): string | undefined {
  const pending = findLabelHolder(secret, 'AWSPENDING');
  return pending?.stages.includes('AWSCURRENT') ? undefined : pending?.id;
}

function reserveVersion({ now }: OperationContext, secret: SecretRecord, token: string): void {
  const version = { id: token, createdAtMs: now(), stages: [] };
  secret.versions.push(version);
  attachLabel(secret, 'AWSPENDING', version);
}

function begin({ rotation }: OperationContext, secret: SecretRecord, token: string, immediate: boolean): void {
  if (immediate) rotation.start(secret, token);
  else rotation.startTest(secret, token);
}

function checkRules(rules: RotationRules | undefined): void {
  if (rules?.AutomaticallyAfterDays === undefined || rules.ScheduleExpression === undefined) return;
  throw new AwsJsonError(
    'InvalidParameterException',
    'You can specify AutomaticallyAfterDays or ScheduleExpression in RotationRules, not both.',
  );
}

function incomplete(): AwsJsonError {
  return new AwsJsonError(
    'InvalidRequestException',
    "A previous rotation isn't complete. That rotation will be reattempted.",
  );
}

function tokenInUse({ arn }: SecretRecord, token: string): AwsJsonError {
  return new AwsJsonError(
    'InvalidRequestException',
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
}

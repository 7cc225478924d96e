import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { deleteSecretInput, parseInput, secretIdInput } from '../input-schemas.ts';
import { type Operation, toSeconds } from './operation.ts';

const DAY_MS = 86_400_000;
const DEFAULT_RECOVERY_DAYS = 30;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
export const deleteSecret: Operation = ({ store, now, rotation }, rawInput) => {
  const input = parseInput(deleteSecretInput, rawInput);
  if (input.ForceDeleteWithoutRecovery && input.RecoveryWindowInDays !== undefined) {
    throw new AwsJsonError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (input.ForceDeleteWithoutRecovery) {
    // Deleting by force what is not there is no error: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    const secret = store.find(input.SecretId);
    if (secret === undefined) return { Name: input.SecretId, DeletionDate: toSeconds(now()) };
    rotation.cancel(secret);
    store.remove(secret);
    store.save();
    return { ARN: secret.arn, Name: secret.name, DeletionDate: toSeconds(now()) };
  }
  const secret = store.getLive(input.SecretId);
  rotation.cancel(secret);
  const dueAtMs = now() + (input.RecoveryWindowInDays ?? DEFAULT_RECOVERY_DAYS) * DAY_MS;
  secret.deletion = { requestedAtMs: now(), dueAtMs };
  store.save();
  return { ARN: secret.arn, Name: secret.name, DeletionDate: toSeconds(dueAtMs) };
};

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RestoreSecret.html */
export const restoreSecret: Operation = ({ store }, rawInput) => {
  const secret = store.get(parseInput(secretIdInput, rawInput).SecretId);
  delete secret.deletion;
  store.save();
  return { ARN: secret.arn, Name: secret.name };
};

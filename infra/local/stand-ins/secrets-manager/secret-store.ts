import { AwsJsonError } from '../aws-json/aws-json-error.ts';
import type { JsonFile } from '../json-file/create-json-file.ts';
import type { SecretRecord, SecretsFile } from './secret-record.ts';

export interface SecretStore {
  /**
   * The secret of a name, an ARN, or an ARN without its six random characters.
   * @throws AwsJsonError ResourceNotFoundException.
   */
  get(secretId: string): SecretRecord;
  /**
   * As `get`, but a secret that waits for its deletion is refused too.
   * @throws AwsJsonError ResourceNotFoundException, InvalidRequestException.
   */
  getLive(secretId: string): SecretRecord;
  find(secretId: string): SecretRecord | undefined;
  insert(secret: SecretRecord): void;
  remove(secret: SecretRecord): void;
  save(): void;
}

/** The secrets behind the operations. A secret whose recovery window has passed is gone from the next look-up on. */
export function createSecretStore(file: JsonFile<SecretsFile>, now: () => number): SecretStore {
  const { value: state } = file;
  const remove = (secret: SecretRecord) => {
    state.secrets = state.secrets.filter((other) => other !== secret);
  };
  const find = (secretId: string) => {
    const secret = state.secrets.find((candidate) => isCalled(candidate, secretId));
    if (secret?.deletion === undefined || secret.deletion.dueAtMs > now()) return secret;
    remove(secret);
    file.save();
    return undefined;
  };
  const get = (secretId: string) => {
    const secret = find(secretId);
    if (secret !== undefined) return secret;
    throw new AwsJsonError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const getLive = (secretId: string) => {
    const secret = get(secretId);
    if (secret.deletion === undefined) return secret;
    throw new AwsJsonError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  };
  return { find, get, getLive, remove, insert: (secret) => void state.secrets.push(secret), save: () => file.save() };
}

function isCalled(secret: SecretRecord, secretId: string): boolean {
  return secretId === secret.name || secretId === secret.arn || secretId === secret.arn.slice(0, -'-AbCdEf'.length);
}

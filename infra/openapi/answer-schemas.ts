import { problem } from '../../functions/contract/fields.ts';
import { healthAnswer, secretAnswer, secretListAnswer, secretsAnswer } from '../../functions/contract/read-secret.ts';
import { rotatedAnswer } from '../../functions/contract/rotate-key.ts';
import { deletedAnswer, writtenAnswer, writtenManyAnswer } from '../../functions/contract/write-secret.ts';

/** The answers of the HTTP API, by the names that the document gives them. A test holds what the functions answer to them. */
export const answers = {
  Secret: secretAnswer,
  Secrets: secretsAnswer,
  SecretList: secretListAnswer,
  Health: healthAnswer,
  Written: writtenAnswer,
  WrittenMany: writtenManyAnswer,
  Deleted: deletedAnswer,
  Rotated: rotatedAnswer,
  Problem: problem,
};

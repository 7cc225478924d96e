import { AwsJsonError } from '../aws-json/aws-json-error.ts';
import type { SecretContent } from './secret-record.ts';

interface ValueInput {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/**
 * The value that a request carries; undefined if it has none.
 *
 * @throws AwsJsonError InvalidParameterException when it has both kinds.
 */
export function toSecretContent({ SecretString, SecretBinary }: ValueInput): SecretContent | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw new AwsJsonError(
      'InvalidParameterException',
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) return { kind: 'string', value: SecretString };
  // Decoded and encoded again, so that two spellings of the same bytes compare as equal.
  if (SecretBinary !== undefined)
    return { kind: 'binary', value: Buffer.from(SecretBinary, 'base64').toString('base64') };
  return undefined;
}

export function isSameContent(one: SecretContent | undefined, other: SecretContent | undefined): boolean {
  return one?.kind === other?.kind && one?.value === other?.value;
}

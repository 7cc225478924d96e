import { awsErrorName, isThrottled, toAwsCause, toRegionMissing } from '../../lib/auth/aws-calls.ts';
import { ConjurError, isConjurError } from '../../lib/errors.ts';

const FORBIDDEN = new Set([
  'AccessDeniedException',
  'DecryptionFailure',
  'EncryptionFailure',
  'KMSAccessDeniedException',
]);
const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'InvalidSignatureException',
]);

/** Of an exception of the SDK: whom it blames, and the answer that it stands for. */
interface AwsException {
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * What a failed call to AWS means to whoever called the function. Only the exception's name is passed on. An error of this project, such as
 * `deadline_exceeded`, stays what it is.
 * @param action `describing the secret …`; holds no value
 */
export function toAwsError(error: unknown, action: string): ConjurError {
  if (isConjurError(error)) return error;
  const regionMissing = toRegionMissing(error, action);
  if (regionMissing !== undefined) return regionMissing;
  const name = awsErrorName(error);
  const because = { cause: toAwsCause(error) };
  if (name === 'ResourceNotFoundException') {
    const advice = 'AWS does not know it. Check the id or ARN, the region and the account.';
    return new ConjurError('secret_not_found', `While ${action}: ${advice}`, because);
  }
  if (FORBIDDEN.has(name)) {
    const advice =
      "Allow the function's role the action on it, and the use of its KMS key where it has one of its own.";
    return new ConjurError('forbidden', `AWS refused ${action} (${name}). ${advice}`, because);
  }
  if (CREDENTIALS.has(name)) {
    const advice = 'The function has no AWS credentials that count: check its role and the region.';
    return new ConjurError('config_invalid', `AWS refused ${action} (${name}). ${advice}`, because);
  }
  const { $fault, $metadata } = Object(error) as AwsException;
  // Before the refusals: throttling blames the caller too, but is worth another try.
  if (isThrottled(name) || $metadata?.httpStatusCode === 429) {
    const message = `AWS is asked too often (${name}) while ${action}. Try again; if it goes on, raise the account's quota.`;
    return new ConjurError('upstream_unavailable', message, because);
  }
  if ($fault === 'client') {
    const advice =
      'Look at the secret in Secrets Manager: it may be marked for deletion, or be managed by another service.';
    return new ConjurError('upstream_error', `AWS refused ${action} (${name}). ${advice}`, because);
  }
  const advice = "Check that the function's network reaches AWS: a NAT gateway or a VPC endpoint.";
  return new ConjurError('upstream_unavailable', `AWS did not answer (${name}) while ${action}. ${advice}`, because);
}

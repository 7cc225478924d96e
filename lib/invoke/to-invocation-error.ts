import { ConjurError } from '../errors/conjur-error.ts';

/** What AWS said instead of invoking the function. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export function toInvocationError(cause: unknown, functionName: string): ConjurError {
  const name = cause instanceof Error ? cause.name : 'unknown';
  switch (name) {
    case 'AccessDeniedException':
      return new ConjurError(
        'forbidden',
        `This program may not invoke ${functionName}. Allow its role lambda:InvokeFunction on that function.`,
        { cause },
      );
    case 'ResourceNotFoundException':
      return new ConjurError(
        'config_invalid',
        `There is no function ${functionName} in this account and region. Check functionNames and the region of the Lambda client.`,
        { cause },
      );
    case 'RequestTooLargeException':
      return new ConjurError('payload_too_large', 'The call is larger than the 6 MB that Lambda takes. Divide it.', {
        cause,
      });
    case 'TooManyRequestsException':
      return new ConjurError('upstream_unavailable', `Lambda has no concurrency left for ${functionName}. Try again.`, {
        cause,
        retryAfterSeconds: 1,
      });
    case 'AbortError':
    case 'TimeoutError':
      return new ConjurError(
        'deadline_exceeded',
        `The wait for ${functionName} was ended. What it was asked for may have happened all the same.`,
        { cause },
      );
    default:
      return new ConjurError('upstream_unavailable', `${functionName} could not be invoked (${name}). Try again.`, {
        cause,
      });
  }
}

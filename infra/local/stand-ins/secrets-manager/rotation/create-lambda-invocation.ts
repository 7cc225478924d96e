import { request } from 'undici';
import type { InvokeRotation } from './create-rotation-runner.ts';

/** Lambda's longest run; the function's own time-out is shorter. */
const INVOCATION_TIMEOUT_MS = 900_000;

/**
 * Calls rotation functions over Lambda's Invoke API, as serverless-offline and Lambda itself speak it.
 *
 * @param endpoint base URL, such as `http://127.0.0.1:3002`.
 * @param closed ends the calls that are under way.
 * @throws Error (from the call that it returns) when the endpoint cannot be reached, does not know the function, or the function failed.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createLambdaInvocation(endpoint: string, closed: AbortSignal): InvokeRotation {
  return async (event, lambdaArn) => {
    const name = toFunctionName(lambdaArn);
    const url = new URL(`/2015-03-31/functions/${encodeURIComponent(name)}/invocations`, endpoint);
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
      body: JSON.stringify(event),
      signal: AbortSignal.any([closed, AbortSignal.timeout(INVOCATION_TIMEOUT_MS)]),
      headersTimeout: INVOCATION_TIMEOUT_MS,
    });
    const answer = await response.body.text();
    if (response.statusCode >= 300) throw new Error(`Calling ${name} at ${endpoint} answered ${response.statusCode}.`);
    if (response.headers['x-amz-function-error'] !== undefined)
      throw new Error(`${name} failed: ${toErrorText(answer)}`);
  };
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]`, or already a name. */
function toFunctionName(lambdaArn: string): string {
  return lambdaArn.startsWith('arn:') ? (lambdaArn.split(':')[6] ?? lambdaArn) : lambdaArn;
}

function toErrorText(answer: string): string {
  try {
    const { errorType, errorMessage } = JSON.parse(answer) as { errorType?: unknown; errorMessage?: unknown };
    return `${String(errorType)}: ${String(errorMessage)}`;
  } catch {
    return 'the answer is not JSON';
  }
}

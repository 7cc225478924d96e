import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { toAwsCause } from '../../lib/auth/aws-calls.ts';
import { assertTimeout } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { createFunctionError, type FunctionError, fromErrorName } from '../contract/error-codes.ts';
import type { InvokeOptions } from './calls.ts';
import type { Answer } from './read-answer.ts';

/**
 * Invokes a function and waits for its answer.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws ConjurError whatever went wrong: in the function, or on the way to it
 */
export async function invokeFunction(
  lambda: Pick<LambdaClient, 'send'>,
  functionName: string,
  payload: unknown,
  { correlationId, signal, timeoutMs }: InvokeOptions & { readonly timeoutMs: number },
): Promise<Answer> {
  assertTimeout(timeoutMs);
  const limit = AbortSignal.timeout(timeoutMs);
  const abortSignal = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(payload)),
    ...(correlationId === undefined ? {} : { ClientContext: toClientContext(correlationId) }),
  });
  let output: InvokeCommandOutput;
  try {
    abortSignal.throwIfAborted();
    output = await lambda.send(command, { abortSignal });
  } catch (error) {
    throw abortSignal.aborted ? ended(functionName, abortSignal.reason) : toInvocationError(error, functionName);
  }
  const answer = parseAnswer(output.Payload, functionName);
  const failure = parseFunctionError(answer, output.FunctionError);
  if (failure !== undefined) throw failure;
  return answer;
}

function toClientContext(correlationId: string): string {
  return Buffer.from(JSON.stringify({ custom: { 'x-correlation-id': correlationId } })).toString('base64');
}

function parseAnswer(payload: Uint8Array = new Uint8Array(), functionName: string): Answer {
  try {
    const answer: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof answer === 'object' && answer !== null) return answer as Answer;
  } catch {
    // Not the parser's error: it quotes the text, which may hold a secret.
  }
  throw unreadableAnswer(functionName);
}

export function unreadableAnswer(functionName: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The answer of ${functionName} is not one that this client knows. Check that this is the name of the right function, and of the same version as this client.`,
  );
}

/**
 * The error that an answer stands for; undefined where it is none. Lambda names the error's class in `errorType`, as the invoke endpoint
 * of `npm start` does.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 * @param functionError what Lambda said beside the answer
 */
export function parseFunctionError(answer: Answer, functionError: string | undefined): FunctionError | undefined {
  const { errorType, errorMessage } = answer;
  if (typeof errorMessage !== 'string' || (functionError === undefined && typeof errorType !== 'string')) {
    return functionError === undefined ? undefined : unknown('an unknown error');
  }
  const code = fromErrorName(String(errorType));
  if (code !== undefined) return createFunctionError(code, errorMessage);
  if (errorType === 'Sandbox.Timedout' || /^\S+ Task timed out after/.test(errorMessage)) {
    return new ConjurError(
      'deadline_exceeded',
      'The function ran out of its time. Try again, or give it a longer timeout.',
    );
  }
  const isName = typeof errorType === 'string' && /^[\w.]{1,80}$/.test(errorType);
  return unknown(isName ? errorType : 'an unknown error');
}

/** Its message was written by somebody else, and may hold anything. */
function unknown(what: string): ConjurError {
  return new ConjurError('internal', `The function ended with ${what}. Its log says more.`);
}

/** AWS's name of the error, or the system's code where no connection came about. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}

function ended(functionName: string, cause: unknown): ConjurError {
  return new ConjurError(
    'deadline_exceeded',
    `The wait for ${functionName} was ended, by its time or by its signal. What it was asked for may have happened all the same.`,
    { cause },
  );
}

/** What AWS said instead of invoking the function. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export function toInvocationError(error: unknown, functionName: string): ConjurError {
  const name = nameOf(error);
  // Not the error itself: it holds what came of an answer, in which may be a secret.
  const cause = toAwsCause(error);
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
      return new ConjurError(
        'payload_too_large',
        'The call is larger than the 6 MB that Lambda takes. Split the call.',
        {
          cause,
        },
      );
    case 'TooManyRequestsException':
      return new ConjurError('upstream_unavailable', `Lambda has no concurrency left for ${functionName}. Try again.`, {
        cause,
        retryAfterSeconds: 1,
      });
    case 'AbortError':
    case 'TimeoutError':
      return ended(functionName, cause);
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new ConjurError(
        'upstream_unavailable',
        `Lambda cannot be reached (${name}), so ${functionName} was not called. Check the region and the endpoint of the Lambda client; on one machine, whether npm start is running.`,
        { cause },
      );
    default:
      return new ConjurError(
        'upstream_unavailable',
        isRefusal(error)
          ? `Lambda refused to invoke ${functionName} (${name}), so it was not called.`
          : `${functionName} could not be invoked, or its answer was lost (${name}): what it was asked for may have happened all the same. Try again where that does no harm.`,
        { cause },
      );
  }
}

/** Whether Lambda found fault with the request, and so did nothing. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
function isRefusal(error: unknown): boolean {
  return (Object(error) as { $fault?: unknown }).$fault === 'client';
}

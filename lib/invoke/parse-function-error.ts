import { ConjurError } from '../errors/conjur-error.ts';
import { type ErrorCode, fromErrorName } from '../errors/error-code.ts';
import type { Answer } from './invoke-function.ts';

/**
 * The error that an answer stands for; undefined where it is none. Lambda names the error's class in `errorType`. serverless-offline says
 * `Error` there, and has the name only in front of the first line of `trace`.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 * @param functionError what Lambda said beside the answer
 */
export function parseFunctionError(answer: Answer, functionError: string | undefined): ConjurError | undefined {
  const { errorType, errorMessage } = answer;
  if (typeof errorMessage !== 'string' || (functionError === undefined && typeof errorType !== 'string')) {
    return functionError === undefined ? undefined : unknown('an unknown error');
  }
  const code = fromErrorName(String(errorType)) ?? codeOfTrace(answer.trace);
  if (code !== undefined) return new ConjurError(code, errorMessage);
  if (errorType === 'Sandbox.Timedout' || /^\S+ Task timed out after/.test(errorMessage)) {
    return new ConjurError(
      'deadline_exceeded',
      'The function ran out of its time. Try again, or give it a longer timeout.',
    );
  }
  return unknown(/^[\w.]{1,80}$/.test(String(errorType)) ? String(errorType) : 'an unknown error');
}

function codeOfTrace(trace: unknown): ErrorCode | undefined {
  const [first] = Array.isArray(trace) ? trace : [];
  return typeof first === 'string' ? fromErrorName(first.split(':', 1)[0] ?? '') : undefined;
}

/** Its message was written by somebody else, and may hold anything. */
function unknown(what: string): ConjurError {
  return new ConjurError('internal', `The function ended with ${what}. Its log says more.`);
}

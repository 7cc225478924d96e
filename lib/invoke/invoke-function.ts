import { InvokeCommand, type InvokeCommandOutput, type LambdaClient } from '@aws-sdk/client-lambda';
import { ConjurError } from '../errors/conjur-error.ts';
import { parseFunctionError } from './parse-function-error.ts';
import type { InvokeOptions } from './secrets-client.ts';
import { toInvocationError } from './to-invocation-error.ts';

export type Answer = Readonly<Record<string, unknown>>;

/**
 * Invokes a function and waits for its answer.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 * @throws ConjurError whatever went wrong: in the function, or on the way to it
 */
export async function invokeFunction(
  lambda: Pick<LambdaClient, 'send'>,
  functionName: string,
  payload: unknown,
  { correlationId, signal }: InvokeOptions,
): Promise<Answer> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify(payload)),
    ...(correlationId === undefined ? {} : { ClientContext: toClientContext(correlationId) }),
  });
  let output: InvokeCommandOutput;
  try {
    output = await lambda.send(command, signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    throw toInvocationError(error, functionName);
  }
  const answer = parseAnswer(output.Payload, functionName);
  const failure = parseFunctionError(answer, output.FunctionError);
  if (failure !== undefined) throw failure;
  return answer;
}

function toClientContext(correlationId: string): string {
  return Buffer.from(JSON.stringify({ custom: { 'x-correlation-id': correlationId } })).toString('base64');
}

function parseAnswer(payload: Uint8Array | undefined, functionName: string): Answer {
  try {
    const answer: unknown = JSON.parse(Buffer.from(payload ?? []).toString('utf8'));
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

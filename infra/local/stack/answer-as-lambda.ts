import { AsyncLocalStorage } from 'node:async_hooks';
import { offlinePrototype } from './offline-prototype.ts';

/*
 * Loaded into the process of serverless-offline (`node --import`). Its Invoke endpoint calls every failure "Error". Lambda names the class
 * of what was thrown in `errorType`, which is where a caller in any language finds the code of a failure.
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */

interface Invocation {
  readonly StatusCode: number;
  readonly Payload: unknown;
  readonly UnhandledError?: boolean;
}

interface Thrown {
  readonly error: unknown;
  readonly afterMs: number;
}

const invocations = new AsyncLocalStorage<{ thrown?: Thrown }>();

const controller = await offlinePrototype<'invoke', Promise<Invocation>>(
  './lambda/routes/invocations/InvocationsController.js',
);
const lambdaFunction = await offlinePrototype<'runHandler', Promise<unknown>>('./lambda/LambdaFunction.js');
const { invoke } = controller;
const { runHandler } = lambdaFunction;

lambdaFunction.runHandler = async function (...args) {
  const startedAtMs = performance.now();
  try {
    return await runHandler.apply(this, args);
  } catch (error) {
    const invocation = invocations.getStore();
    if (invocation !== undefined) invocation.thrown = { error, afterMs: performance.now() - startedAtMs };
    throw error;
  }
};

controller.invoke = function (...args) {
  const invocation: { thrown?: Thrown } = {};
  return invocations.run(invocation, async () => {
    const answer = await invoke.apply(this, args);
    const { thrown } = invocation;
    return answer.UnhandledError === true && thrown !== undefined ? { ...answer, Payload: toPayload(thrown) } : answer;
  });
};

function toPayload({ error, afterMs }: Thrown): Record<string, unknown> {
  const { name, message, stack = '' } = error as Error;
  if ((error as Error).constructor.name === 'LambdaTimeoutError') {
    return {
      errorType: 'Sandbox.Timedout',
      errorMessage: `Error: Task timed out after ${(afterMs / 1000).toFixed(2)} seconds`,
    };
  }
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

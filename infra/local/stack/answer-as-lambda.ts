import { AsyncLocalStorage } from 'node:async_hooks';

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

type Method<Result> = (this: unknown, ...args: unknown[]) => Promise<Result>;

interface Thrown {
  readonly error: unknown;
  readonly afterMs: number;
}

const invocations = new AsyncLocalStorage<{ thrown?: Thrown }>();

const controller = await prototypeOf<'invoke', Invocation>('./lambda/routes/invocations/InvocationsController.js');
const lambdaFunction = await prototypeOf<'runHandler', unknown>('./lambda/LambdaFunction.js');
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

/** Of a class that serverless-offline does not export. Its version is pinned; were the class elsewhere, nothing would start. */
async function prototypeOf<Name extends string, Result>(path: string): Promise<Record<Name, Method<Result>>> {
  const module: unknown = await import(new URL(path, import.meta.resolve('serverless-offline')).href);
  return (module as { default: { prototype: Record<Name, Method<Result>> } }).default.prototype;
}

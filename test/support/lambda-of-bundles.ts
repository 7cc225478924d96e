import type { InvokeCommand, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { type Bundle, loadBundle } from './load-bundle.ts';

/** What was sent with an invocation beside its payload. */
export interface SeenInvocation {
  readonly functionName: string | undefined;
  readonly clientContext: unknown;
}

/**
 * Stands in for Lambda's Invoke over the built functions. It keeps these rules: the payload travels as JSON, a thrown error comes back as
 * `errorType` and `errorMessage` under `FunctionError: Unhandled`, the client context reaches the function decoded.
 */
export async function lambdaOfBundles(
  environment: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<{ readonly lambda: Pick<LambdaClient, 'send'>; readonly seen: SeenInvocation[] }> {
  const bundles = new Map<string, Bundle>();
  for (const name of names) bundles.set(name, await loadBundle(name, environment));
  const seen: SeenInvocation[] = [];
  const send = async ({ input }: InvokeCommand): Promise<Partial<InvokeCommandOutput>> => {
    const clientContext = decode(input.ClientContext);
    seen.push({ functionName: input.FunctionName, clientContext });
    const bundle = bundles.get(input.FunctionName ?? '');
    if (bundle === undefined) throw Object.assign(new Error('no such function'), { name: 'ResourceNotFoundException' });
    try {
      const event: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString('utf8'));
      return { StatusCode: 200, Payload: encode(await bundle.handler(event, { awsRequestId: 'r1', clientContext })) };
    } catch (error) {
      const { name: errorType, message: errorMessage } = error as Error;
      return { StatusCode: 200, FunctionError: 'Unhandled', Payload: encode({ errorType, errorMessage, trace: [] }) };
    }
  };
  return { lambda: { send } as unknown as Pick<LambdaClient, 'send'>, seen };
}

function decode(clientContext: string | undefined): unknown {
  return clientContext === undefined ? undefined : JSON.parse(Buffer.from(clientContext, 'base64').toString('utf8'));
}

function encode(answer: unknown): NonNullable<InvokeCommandOutput['Payload']> {
  return Buffer.from(JSON.stringify(answer)) as unknown as NonNullable<InvokeCommandOutput['Payload']>;
}

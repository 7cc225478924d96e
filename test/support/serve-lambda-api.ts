import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Bundle, loadBundle } from './load-bundle.ts';

export interface ServedLambdaApi extends AsyncDisposable {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
}

/**
 * Serves Lambda's Invoke over the built functions, under the names that a stage gives them. It keeps no rights and no signatures.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function serveLambdaApi(
  environment: Readonly<Record<string, string>>,
  functions: Readonly<Record<string, string>>,
): Promise<ServedLambdaApi> {
  const bundles = new Map<string, Bundle>();
  for (const [name, bundle] of Object.entries(functions)) bundles.set(name, await loadBundle(bundle, environment));
  const server = createServer((request, reply) => {
    void (async () => {
      const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1] ?? '';
      const event: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
      try {
        reply.end(JSON.stringify(await bundles.get(name)?.handler(event, { awsRequestId: 'request' })));
      } catch (error) {
        const { name: errorType, message: errorMessage } = error as Error;
        reply.setHeader('x-amz-function-error', 'Unhandled');
        reply.end(JSON.stringify({ errorType, errorMessage, trace: [] }));
      }
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

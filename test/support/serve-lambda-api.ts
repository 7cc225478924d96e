import { type Bundle, loadBundle } from './load-bundle.ts';
import { type LoopbackServer, serveOnLoopback } from './serve-on-loopback.ts';

/**
 * Serves Lambda's Invoke over the built functions, under the names that a stage gives them. It keeps no rights and no signatures.
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function serveLambdaApi(
  environment: Readonly<Record<string, string>>,
  functions: Readonly<Record<string, string>>,
): Promise<LoopbackServer> {
  const bundles = new Map<string, Bundle>();
  for (const [name, bundle] of Object.entries(functions)) bundles.set(name, await loadBundle(bundle, environment));
  return serveOnLoopback((request, reply) => {
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
}

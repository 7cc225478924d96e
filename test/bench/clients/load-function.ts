import { loadBundle } from '../../support/load-bundle.ts';
import type { ConjurAddress } from '../server/messages.ts';

/** A built function in a warm container. */
export type Invoke = (event: unknown) => Promise<unknown>;

const CONTEXT = { awsRequestId: '00000000-0000-4000-8000-000000000000', getRemainingTimeInMillis: () => 29_000 };

/** Loads the bundle of a function as a cold container does; it has logged in when the promise resolves. */
export async function loadFunction(
  name: string,
  conjur: ConjurAddress,
  environment: Readonly<Record<string, string>> = {},
): Promise<Invoke> {
  const login = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
  const { handler } = await loadBundle(name, { ...login, ...environment });
  return (event) => handler(event, CONTEXT);
}

/** A `GET` as an HTTP API sends it. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html */
export function toHttpApiEvent(name: string): unknown {
  const rawPath = `/secrets/${name}`;
  return {
    version: '2.0',
    routeKey: 'GET /secrets/{name+}',
    rawPath,
    rawQueryString: '',
    headers: {
      accept: '*/*',
      'content-length': '0',
      host: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
      'user-agent': 'curl/8.5.0',
      'x-amzn-trace-id': 'Root=1-65000000-000000000000000000000000',
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abcdefghij',
      domainName: 'abcdefghij.execute-api.eu-central-1.amazonaws.com',
      http: { method: 'GET', path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'curl/8.5.0' },
      requestId: 'AAAAAAAAAAAAAAA=',
      routeKey: 'GET /secrets/{name+}',
      stage: '$default',
      timeEpoch: 1_700_000_000_000,
    },
    pathParameters: { name },
    isBase64Encoded: false,
  };
}

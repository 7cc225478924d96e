import {
  createJsonServer,
  type JsonAnswer,
  type JsonRequest,
  type LocalServer,
  type RoutedRequest,
} from '../http/create-json-server.ts';
import type { RequestHook } from '../http/request-fault.ts';
import { AwsJsonError } from './aws-json-error.ts';

/** One operation of a service: takes the parsed body, returns what is answered. Throws AwsJsonError. */
export type AwsJsonOperation = (input: Readonly<Record<string, unknown>>) => unknown;

export interface AwsJsonServerOptions {
  readonly port?: number | undefined;
  /** What stands before the dot in `X-Amz-Target`, such as `secretsmanager`. */
  readonly targetPrefix: string;
  readonly operations: ReadonlyMap<string, AwsJsonOperation>;
  readonly onRequest?: RequestHook | undefined;
}

/**
 * Starts a server that speaks AWS JSON 1.1, so that an AWS SDK client with `endpoint` set to its URL works.
 *
 * A request must be signed (SigV4), as at AWS, but the signature is not checked: any credentials do.
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function createAwsJsonServer(options: AwsJsonServerOptions): Promise<LocalServer> {
  return createJsonServer({
    port: options.port,
    contentType: 'application/x-amz-json-1.1',
    onRequest: options.onRequest,
    toErrorAnswer,
    route: (request) => route(options, request),
  });
}

function route({ targetPrefix, operations }: AwsJsonServerOptions, request: JsonRequest): RoutedRequest {
  const [prefix, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const operation = operations.get(name);
  if (prefix !== targetPrefix || operation === undefined) {
    throw new AwsJsonError('UnknownOperationException', `This stand-in does not know the operation "${name}".`);
  }
  if (request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') !== true) {
    throw new AwsJsonError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  const input = parseInput(request.body);
  return { operation: name, input, answer: async () => ({ status: 200, body: (await operation(input)) ?? {} }) };
}

function parseInput(body: Buffer): Record<string, unknown> {
  let input: unknown;
  try {
    input = JSON.parse(body.toString('utf8') || '{}');
  } catch {
    throw new AwsJsonError('SerializationException', 'The request body is not JSON.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsJsonError('SerializationException', 'Start of structure or map found where not expected.');
  }
  return input as Record<string, unknown>;
}

function toErrorAnswer(error: unknown): JsonAnswer {
  if (error instanceof AwsJsonError) {
    return { status: error.status, body: { __type: error.type, Message: error.message, message: error.message } };
  }
  const Message = error instanceof Error ? `${error.name}: ${error.message}` : 'Unknown error';
  return { status: 500, body: { __type: 'InternalServiceError', Message, message: Message } };
}

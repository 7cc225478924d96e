import type { Dispatcher } from 'undici';
import type { ConjurRequest, ConjurResponse } from './conjur-request.ts';
import { ResponseCollector } from './response-collector.ts';

export interface SendOnceOptions {
  readonly dispatcher: Dispatcher;
  /** Where to: scheme, host and port. */
  readonly origin: string;
  /** The base URL's own path, without a slash at the end. */
  readonly basePath: string;
  /** For the whole attempt, from the connection to the last byte. */
  readonly timeoutMs: number;
  /** Ends the connection with the request. */
  readonly freshConnection: boolean;
}

/**
 * One attempt. The limit is on the whole of it: undici's own limits are on the headers and on the gap between two chunks, so that a
 * server that sends a byte a second would never meet them.
 * @throws TransportFault where no complete answer came
 */
export function sendOnce(request: ConjurRequest, options: SendOnceOptions): Promise<ConjurResponse> {
  return new Promise((resolve, reject) => {
    const collector = new ResponseCollector(resolve, reject, options.timeoutMs);
    try {
      options.dispatcher.dispatch(toDispatchOptions(request, options), collector);
    } catch (error) {
      collector.onResponseError(null, error);
    }
  });
}

function toDispatchOptions(request: ConjurRequest, options: SendOnceOptions): Dispatcher.DispatchOptions {
  return {
    origin: options.origin,
    path: options.basePath + request.path,
    method: request.method,
    headers: request.headers ?? null,
    body: request.body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
    reset: options.freshConnection,
  };
}

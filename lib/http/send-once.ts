import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { TransportFault, toTransportFault } from './fault.ts';
import type { ConjurRequest, ConjurResponse } from './request.ts';

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

/**
 * Takes a response as undici hands it over, and gives it away whole. No stream, no abort signal: an answer of Conjur's is small, and
 * those two are most of what a request by `Dispatcher.request` costs on this side.
 * https://undici.nodejs.org/#/docs/api/Dispatcher?id=parameter-dispatchhandler
 */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #resolve: (response: ConjurResponse) => void;
  readonly #reject: (fault: TransportFault) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #timedOut: TransportFault | undefined;

  /** @param timeoutMs until the last byte, counted from now */
  constructor(resolve: (response: ConjurResponse) => void, reject: (fault: TransportFault) => void, timeoutMs: number) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#timeOut(timeoutMs), timeoutMs);
  }

  /** Called when the request is about to be sent, which may be long after it was asked for. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#timedOut !== undefined) controller.abort(this.#timedOut);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // RFC 9110, section 15.2: an interim answer is not the answer.
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    clearTimeout(this.#timer);
    // Copied even where it came in one piece: that piece is a part of a larger buffer, which it would keep alive.
    this.#resolve({ status: this.#status, headers: this.#headers, body: Buffer.concat(this.#chunks) });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    clearTimeout(this.#timer);
    this.#reject(toTransportFault(error));
  }

  #timeOut(timeoutMs: number): void {
    this.#timedOut = new TransportFault('timeout', `${timeoutMs} ms`);
    this.#controller?.abort(this.#timedOut);
    this.#reject(this.#timedOut);
  }
}

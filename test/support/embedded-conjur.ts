import type { HttpBindings } from '@hono/node-server';
import { Dispatcher } from 'undici';
import type { LocalConjurOptions } from '../../infra/local/conjur/create-local-conjur.ts';
import { type OpenConjur, openConjur } from '../../infra/local/conjur/open-conjur.ts';

/** Where clients of an embedded Conjur believe it to be. */
const URL_OF_NOWHERE = 'http://conjur.test';

export interface EmbeddedConjur {
  readonly url: string;
  readonly adminApiKey: string;
  readonly dispatcher: Dispatcher;
  close(): void;
}

/**
 * The local Conjur, all of it but the socket: what a client's dispatcher is given goes straight into the routes. For tests that ask
 * a hundred thousand times. What it leaves out: connections, and so resets and TLS.
 */
export async function createEmbeddedConjur(options: LocalConjurOptions = {}): Promise<EmbeddedConjur> {
  const conjur = await openConjur(options);
  return {
    url: URL_OF_NOWHERE,
    adminApiKey: conjur.adminApiKey,
    dispatcher: new EmbeddedDispatcher(conjur),
    close() {
      conjur.stop();
      conjur.release();
    },
  };
}

type Options = Dispatcher.DispatchOptions;

class EmbeddedDispatcher extends Dispatcher {
  readonly #conjur: OpenConjur;

  constructor(conjur: OpenConjur) {
    super();
    this.#conjur = conjur;
  }

  override dispatch(options: Options, handler: Dispatcher.DispatchHandler): boolean {
    const controller = createController(handler);
    handler.onRequestStart?.(controller, {});
    this.#answer(options, handler, controller).catch((error: Error) => handler.onResponseError?.(controller, error));
    return true;
  }

  async #answer(options: Options, handler: Dispatcher.DispatchHandler, controller: Dispatcher.DispatchController) {
    const request = new Request(new URL(options.path, URL_OF_NOWHERE), { method: options.method });
    const response = await this.#conjur.handle(request, toBindings(options));
    const body = Buffer.from(await response.arrayBuffer());
    if (controller.aborted) return;
    handler.onResponseStart?.(controller, response.status, Object.fromEntries(response.headers), '');
    if (body.length > 0) handler.onResponseData?.(controller, body);
    handler.onResponseEnd?.(controller, {});
  }
}

function createController(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchController {
  const controller = {
    aborted: false,
    paused: false,
    reason: null as Error | null,
    rawHeaders: null,
    rawTrailers: null,
    abort(reason: Error) {
      controller.aborted = true;
      controller.reason = reason;
      handler.onResponseError?.(controller, reason);
    },
    pause: () => undefined,
    resume: () => undefined,
  };
  return controller;
}

/** The request as the routes read it: the line and the bytes as they would stand on the wire. */
function toBindings({ method, path, headers, body }: Options): HttpBindings {
  const chunks = body === null || body === undefined ? [] : [Buffer.from(body as string | Uint8Array)];
  const named = Object.entries((headers ?? {}) as Record<string, string>);
  const incoming = {
    method,
    url: path,
    headers: Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), value])),
    socket: { remoteAddress: '127.0.0.1' },
    async *[Symbol.asyncIterator]() {
      yield* chunks;
    },
  };
  return { incoming, outgoing: {} } as unknown as HttpBindings;
}

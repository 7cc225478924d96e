import type { Dispatcher } from 'undici';

/** A request as the transport hands it to its dispatcher. */
export type HttpRequest = Dispatcher.DispatchOptions;

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Sends a request and gives the whole answer. */
export type Exchange = (request: HttpRequest) => Promise<HttpAnswer>;

export const EMPTY_ANSWER = { headers: {}, body: Buffer.alloc(0) };

/** Over the wire. */
export function exchangeBy(dispatcher: Dispatcher): Exchange {
  return async ({ origin, path, method, headers, body }) => {
    const answer = await dispatcher.request({
      origin: origin ?? '',
      path,
      method,
      headers: headers ?? null,
      body: body ?? null,
    });
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
  };
}

/** A dispatcher in front of an exchange. Of undici's it keeps only `dispatch`, without streams and upgrades: the client uses no more. */
export function createExchangeDispatcher(exchange: Exchange): Dispatcher {
  const dispatcher = {
    dispatch(request: HttpRequest, handler: Dispatcher.DispatchHandler): boolean {
      void exchange(request).then(
        ({ status, headers, body }) => {
          handler.onResponseStart?.(controller, status, headers, '');
          handler.onResponseData?.(controller, body);
          handler.onResponseEnd?.(controller, {});
        },
        (error: unknown) => handler.onResponseError?.(controller, error as Error),
      );
      return true;
    },
  };
  return dispatcher as unknown as Dispatcher;
}

/** Nothing that was sent can be called back. */
const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;

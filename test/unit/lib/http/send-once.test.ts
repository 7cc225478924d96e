import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpFault } from '../../../../lib/http/fault.ts';
import { sendOnce } from '../../../../lib/http/transport.ts';

const REQUEST = { method: 'GET', path: '/secrets/a', action: 'reading' } as const;

interface Call {
  readonly options: Dispatcher.DispatchOptions;
  readonly handler: Required<Dispatcher.DispatchHandler>;
  readonly aborted: unknown[];
  readonly controller: Dispatcher.DispatchController;
}

/** Hands each call to the test, which then plays undici. */
function createDispatcher(play: (call: Call) => void): Dispatcher {
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    const aborted: unknown[] = [];
    const controller = { abort: (reason: unknown) => void aborted.push(reason) } as Dispatcher.DispatchController;
    play({ options, handler: handler as Required<Dispatcher.DispatchHandler>, aborted, controller });
    return true;
  };
  return { dispatch } as Dispatcher;
}

function send(play: (call: Call) => void) {
  const server = { origin: 'http://conjur', basePath: '/api', isLeader: true };
  return sendOnce(REQUEST, { dispatcher: createDispatcher(play), server, timeoutMs: 50, freshConnection: false });
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('one attempt', () => {
  it('gives the answer with its whole body, and takes no interim answer for it', async () => {
    const response = await send(({ options, handler, controller }) => {
      expect(options).toMatchObject({ origin: 'http://conjur', path: '/api/secrets/a', method: 'GET', reset: false });
      // A proxy may compress what it is not asked to leave alone.
      expect(options.headers).toEqual({ 'accept-encoding': 'identity' });
      handler.onRequestStart(controller, null);
      handler.onResponseStart(controller, 103, { link: 'early' });
      handler.onResponseStart(controller, 200, { 'content-type': 'text/plain' });
      handler.onResponseData(controller, Buffer.from('va'));
      handler.onResponseData(controller, Buffer.from('lue'));
      handler.onResponseEnd(controller, {});
    });

    expect(response.status).toBe(200);
    expect(response.headers).toEqual({ 'content-type': 'text/plain' });
    expect(response.body.toString()).toBe('value');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps the bytes of an answer apart from the buffer that they came in', async () => {
    const received = Buffer.from('value and what follows');
    const { body } = await send(({ handler, controller }) => {
      handler.onResponseStart(controller, 200, {});
      handler.onResponseData(controller, received.subarray(0, 5));
      handler.onResponseEnd(controller, {});
    });

    received.fill(0);
    expect(body.toString()).toBe('value');
  });

  it('ends by its limit while the answer comes, and has undici end it too', async () => {
    let call: Call | undefined;
    const sent = send((begun) => {
      call = begun;
      begun.handler.onRequestStart(begun.controller, null);
      begun.handler.onResponseStart(begun.controller, 200, {});
      begun.handler.onResponseData(begun.controller, Buffer.from('v'));
    }).catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(50);

    expect(await sent).toMatchObject({ kind: 'timeout', reason: '50 ms' });
    expect(call?.aborted).toEqual([await sent]);
  });

  it('ends by its limit while it waits for a connection, and is not sent when there is one at last', async () => {
    let call: Call | undefined;
    const sent = send((begun) => {
      call = begun;
    }).catch((error: unknown) => error);

    await vi.advanceTimersByTimeAsync(50);
    expect(await sent).toMatchObject({ kind: 'timeout' });
    call?.handler.onRequestStart(call.controller, null);

    expect(call?.aborted).toEqual([await sent]);
  });

  it('sorts what undici reports, and what it throws', async () => {
    const refused = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const reported = send(({ handler }) => handler.onResponseError(null as never, refused));
    await expect(reported).rejects.toMatchObject({ kind: 'connect', reason: 'ECONNREFUSED' });

    const thrown = send(() => {
      throw new TypeError('no handler');
    });
    await expect(thrown).rejects.toBeInstanceOf(HttpFault);
    expect(vi.getTimerCount()).toBe(0);
  });
});

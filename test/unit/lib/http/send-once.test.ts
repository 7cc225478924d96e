import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { HttpRequest } from '../../../../lib/http/request.ts';
import { MAX_RESPONSE_BYTES, sendOnce } from '../../../../lib/http/transport.ts';

const REQUEST: HttpRequest = { method: 'GET', path: '/secrets/a', action: 'reading' };

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

function send(play: (call: Call) => void, request = REQUEST, signal?: AbortSignal) {
  const server = { origin: 'http://conjur', basePath: '/api', isLeader: true };
  const dispatcher = createDispatcher(play);
  return sendOnce(request, { ...{ dispatcher, server, signal }, ...{ timeoutMs: 50, freshConnection: false } });
}

/** Answers at once. */
const answering =
  (status: number, body: Buffer | string, headers = {}) =>
  ({ handler, controller }: Call) => {
    handler.onRequestStart(controller, null);
    handler.onResponseStart(controller, status, headers);
    handler.onResponseData(controller, Buffer.from(body));
    handler.onResponseEnd(controller, {});
  };

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

  it('has no limit but its own, and no body that was not given', async () => {
    const seen: Dispatcher.DispatchOptions[] = [];
    const play = (call: Call) => {
      seen.push(call.options);
      answering(200, '')(call);
    };
    await send(play);
    await send(play, { ...REQUEST, body: 'text', headers: { accept: 'a/b' }, acceptEncoding: 'base64' });
    expect(seen[0]).toMatchObject({ body: null, headersTimeout: 0, bodyTimeout: 0 });
    expect(seen[1]).toMatchObject({ body: 'text', headers: { 'accept-encoding': 'base64', accept: 'a/b' } });
  });

  it('is refused by a proxy that answers 407, which is the end of it', async () => {
    let aborted: unknown[] = [];
    const sent = send((call) => {
      aborted = call.aborted;
      // undici may still hand over what it has: a second end, and a body that cannot be decoded.
      answering(407, 'no', { 'content-encoding': 'gzip' })(call);
      call.handler.onResponseStart(call.controller, 407, {});
    });
    await expect(sent).rejects.toMatchObject({ kind: 'proxy', reason: 'answered 407' });
    expect(aborted).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('takes 8 MiB, and not a byte more', async () => {
    expect(MAX_RESPONSE_BYTES).toBe(8_388_608);
    const most = Buffer.alloc(MAX_RESPONSE_BYTES, 'x');
    expect((await send(answering(200, most))).body.byteLength).toBe(MAX_RESPONSE_BYTES);
    const sent = send((call) => {
      call.handler.onResponseStart(call.controller, 200, {});
      call.handler.onResponseData(call.controller, most);
      call.handler.onResponseData(call.controller, Buffer.from('x'));
    });
    await expect(sent).rejects.toMatchObject({ kind: 'too-large', reason: 'more than 8388608 bytes' });
  });
});

describe('the signal of an attempt', () => {
  /** A signal that counts who listens. */
  function countedSignal() {
    const controller = new AbortController();
    const { signal } = controller;
    const add = vi.spyOn(signal, 'addEventListener');
    const remove = vi.spyOn(signal, 'removeEventListener');
    return { controller, signal, listeners: () => add.mock.calls.length - remove.mock.calls.length };
  }

  it('ends it, and has undici end it too', async () => {
    const { controller, signal, listeners } = countedSignal();
    let call: Call | undefined;
    const sent = send(
      (begun) => {
        call = begun;
        begun.handler.onRequestStart(begun.controller, null);
      },
      REQUEST,
      signal,
    ).catch((error: unknown) => error);
    expect(listeners()).toBe(1);
    controller.abort();
    expect(await sent).toMatchObject({ kind: 'aborted', reason: 'by its signal' });
    expect(call?.aborted).toEqual([await sent]);
    expect([vi.getTimerCount(), listeners()]).toEqual([0, 0]);
  });

  it('that was given before has it not sent at all', async () => {
    let call: Call | undefined;
    const sent = send(
      (begun) => {
        call = begun;
        begun.handler.onRequestStart(begun.controller, null);
      },
      REQUEST,
      AbortSignal.abort(),
    ).catch((error: unknown) => error);
    expect(await sent).toMatchObject({ kind: 'aborted' });
    expect(call?.aborted).toEqual([await sent]);
  });

  it('is left alone when the answer is there', async () => {
    const { signal, listeners } = countedSignal();
    await send(answering(200, ''), REQUEST, signal);
    expect(listeners()).toBe(0);
  });
});

describe('the content coding of an answer', () => {
  const TEXT = 'value '.repeat(20);
  const GZIPPED = gzipSync(TEXT);
  const BASE64: HttpRequest = { ...REQUEST, acceptEncoding: 'base64' };

  it.each([
    ['gzip', 'gzip', GZIPPED],
    ['gzip by its old name', 'x-gzip', GZIPPED],
    ['deflate', 'deflate', deflateSync(TEXT)],
    ['brotli', 'br', brotliCompressSync(TEXT)],
    ['one in capitals', ' GZIP ', GZIPPED],
    ['one after the other', 'gzip, br', brotliCompressSync(GZIPPED)],
    ['two headers of it', ['gzip', 'br'], brotliCompressSync(GZIPPED)],
    ['none', '', Buffer.from(TEXT)],
    ['none, by its name', 'identity', Buffer.from(TEXT)],
    ['none, around one', ',identity, gzip, identity', GZIPPED],
  ])('is undone: %s', async (_, coding, body) => {
    const { body: decoded, headers } = await send(answering(200, body, { 'content-encoding': coding, etag: '1' }));
    expect(decoded.toString()).toBe(TEXT);
    expect(headers).toEqual({ etag: '1' });
    expect(headers).not.toHaveProperty('content-encoding');
  });

  it.each([
    ['base64', Buffer.from(TEXT)],
    ['Base64, gzip', GZIPPED],
  ])('that was asked for stays: %s', async (coding, body) => {
    const { body: decoded, headers } = await send(answering(200, body, { 'content-encoding': coding }), BASE64);
    expect(decoded.toString()).toBe(TEXT);
    expect(headers).toEqual({ 'content-encoding': 'base64' });
  });

  it.each([
    ['zstd', REQUEST, 'zstd'],
    ['gzip, zstd', REQUEST, 'zstd'],
    ['zstd, base64', BASE64, 'zstd, base64'],
    ['ü', REQUEST, 'an unknown one'],
    ['üzstd', REQUEST, 'an unknown one'],
    ['zstdü', REQUEST, 'an unknown one'],
    ['z'.repeat(41), REQUEST, 'an unknown one'],
    ['gzip', REQUEST, 'broken gzip'],
    ['br', REQUEST, 'broken br'],
  ])('that cannot be undone is a fault: %s', async (coding, request, reason) => {
    const sent = send(answering(200, 'no such bytes', { 'content-encoding': coding }), request);
    await expect(sent).rejects.toMatchObject({ kind: 'coding', reason });
  });

  it.each([['gzip, chunked'], ['gzip'], ['chunked, chunked']])('of the transfer is a fault: %s', async (transfer) => {
    const sent = send(answering(200, GZIPPED, { 'transfer-encoding': transfer }));
    await expect(sent).rejects.toMatchObject({ kind: 'coding', reason: transfer });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of the transfer that undici undoes is none', async () => {
    expect((await send(answering(200, TEXT, { 'transfer-encoding': 'Chunked' }))).body.toString()).toBe(TEXT);
  });

  it.each(['gzip', 'br', 'zstd', 'gzip, base64'])('of no bytes is none: %s', async (coding) => {
    const answer = await send(answering(201, '', { 'content-encoding': coding }));
    expect([answer.status, answer.body.byteLength]).toEqual([201, 0]);
    expect(answer.headers).toEqual({});
  });

  it('does not get around the bound of an answer', async () => {
    const bomb = gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES + 1));
    const sent = send(answering(200, bomb, { 'content-encoding': 'gzip' }));
    await expect(sent).rejects.toMatchObject({ kind: 'too-large' });
    const most = gzipSync(Buffer.alloc(MAX_RESPONSE_BYTES));
    expect((await send(answering(200, most, { 'content-encoding': 'gzip' }))).body).toHaveLength(MAX_RESPONSE_BYTES);
  });
});

import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Container } from '../../../../functions/runtime/container.ts';
import { createFunction, type FunctionDefinition, warmUp } from '../../../../functions/runtime/create-function.ts';
import { jsonReply } from '../../../../functions/runtime/http.ts';
import type { CallOptions, Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { LogFields } from '../../../../lib/logger.ts';
import { FakeClock } from '../../lib/fake-clock.ts';

type Definition = FunctionDefinition<string, unknown>;

/** A container whose client is idle when it is told so. */
function containerWith(conjur: object = {}) {
  const warnings: (LogFields | undefined)[] = [];
  const lines: LogFields[] = [];
  const note = (_: string, fields: LogFields = {}): void => void lines.push(fields);
  const container = {
    settings: {},
    clock: new FakeClock(),
    logger: {
      debug: note,
      info: note,
      error: note,
      warn: (_: string, fields?: LogFields) => void warnings.push(fields),
    },
    takeAttempts: () => [],
    takeHeldBack: () => [],
    takeRefreshFailure: () => undefined,
    conjur: { tokenAgeMs: () => 0, idle: () => undefined, ...conjur },
  } as unknown as Container;
  return { container, warnings, lines };
}

function start(more: Partial<Definition>, conjur: object = {}) {
  const { container, lines } = containerWith(conjur);
  const definition: Definition = {
    name: 'read-secret',
    parseHttp: () => 'over HTTP',
    parseDirect: () => 'direct',
    connect: (connected) => connected,
    handle: async () => 'answer',
    toReply: (_, answer) => jsonReply(200, answer),
    toDirect: (_, answer) => answer,
    describe: () => ({}),
    ...more,
  };
  const handler = createFunction(definition, { container });
  return {
    lines,
    call: (event: unknown, remainingMs?: number, more: object = {}) =>
      handler(
        event,
        (remainingMs === undefined
          ? undefined
          : { getRemainingTimeInMillis: () => remainingMs, ...more }) as unknown as Context,
      ),
  };
}

const OVER_HTTP = { requestContext: { http: { method: 'GET' } } };
/** @param times of the event's context, in milliseconds from now */
const overHttp = (times: Record<string, number>) => ({
  requestContext: {
    ...OVER_HTTP.requestContext,
    ...Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, new FakeClock().now() + ms])),
  },
});
const timeLeft: Partial<Definition> = {
  handle: async (_, __, deadline: Deadline) => deadline.remainingMs(),
};

describe('the time that the work has', () => {
  it.each([
    ['of a direct call is that of the invocation, less what the answer takes', {}, 900_000, 899_700],
    ['over HTTP is what the front waits', OVER_HTTP, 900_000, '28700'],
    ['over HTTP is that of the invocation where that is less', OVER_HTTP, 10_000, '9700'],
    ['is half a minute where the invocation does not say it', {}, undefined, 29_700],
    ['over HTTP is less by what a start has taken', overHttp({ timeEpoch: -2_800 }), 29_000, '25900'],
    ['over HTTP is less by that, behind a REST API too', overHttp({ requestTimeEpoch: -10_000 }), 900_000, '18700'],
    [
      'over HTTP is that of the invocation where that is less all the same',
      overHttp({ timeEpoch: -2_800 }),
      5_000,
      '4700',
    ],
    ['over HTTP knows no start of longer than ten seconds', overHttp({ timeEpoch: -10_001 }), 29_000, '28700'],
    ['over HTTP knows no call from the future', overHttp({ timeEpoch: 1 }), 29_000, '28700'],
    ['over HTTP passes over what is no time', { requestContext: { http: {}, timeEpoch: 'soon' } }, 29_000, '28700'],
    ['of a direct call is not less by what looks like that', { timeEpoch: -2_800, requestContext: {} }, 29_000, 28_700],
  ])('%s', async (_, event, remainingMs, expected) => {
    const answer = await start(timeLeft).call(event, remainingMs);
    expect(typeof expected === 'string' ? (answer as { body: string }).body : answer).toBe(expected);
  });
});

describe('where time runs out', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** After how many milliseconds a call ends, and how. */
  async function endOf(call: Promise<unknown>, limitMs: number) {
    let outcome: unknown;
    const ended = call.then(
      (value) => (outcome = { value }),
      (error: unknown) => (outcome = { error }),
    );
    await vi.advanceTimersByTimeAsync(limitMs - 1);
    expect(outcome, 'before its time').toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    return outcome;
  }

  const forever = () => new Promise<never>(() => undefined);

  it('an answer goes out a moment before Lambda would end the function', async () => {
    const { call, lines } = start({ handle: forever });
    expect(await endOf(call({}, 5_000), 4_900)).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(lines).toMatchObject([{ outcome: 'deadline_exceeded' }]);
  });

  it('the answer waits for what the client has in flight, and no longer than until that moment', async () => {
    let finish = (): void => undefined;
    const idle = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const { call } = start({}, { idle });
    expect(await endOf(call({}, 5_000), 4_900)).toEqual({ value: 'answer' });
    expect(await endOf(call({}), 29_900)).toEqual({ value: 'answer' });
    const settled = call({}, 5_000);
    await vi.advanceTimersByTimeAsync(10);
    finish();
    expect(await settled).toBe('answer');
    expect(vi.getTimerCount(), 'timers left behind').toBe(0);
  });

  it('the answer over HTTP waits no longer than the front does, though the function may run for longer', async () => {
    const { call } = start({}, { idle: forever });
    expect(await endOf(call(OVER_HTTP, 120_000), 28_900)).toMatchObject({ value: { statusCode: 200 } });
  });

  it('the answer leaves at once where no time is left at all', async () => {
    const { call } = start({ toDirect: () => 'late' }, { idle: forever });
    const late = call({}, 50).then(
      (value) => value,
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(1);
    expect(await late).toBe('late');
  });
});

it('an answer over HTTP goes out a moment before the front gives up, though the function may run for longer', async () => {
  const { call } = start({ handle: () => new Promise<never>(() => undefined) });
  // Of the 29 seconds that the front waits, a fifth of one is left when the work begins.
  const left = [120_000];
  const getRemainingTimeInMillis = () => left.shift() ?? 91_200;
  expect(await call(OVER_HTTP, 0, { getRemainingTimeInMillis })).toMatchObject({ statusCode: 504 });
});

describe('a call', () => {
  it('finds what the first one has made', async () => {
    let connected = 0;
    const { call } = start({
      connect: (container) => {
        connected += 1;
        return container;
      },
    });
    for (let count = 0; count < 2; count += 1) await call({});
    expect(connected).toBe(1);
  });

  it('is understood as what it is: a direct one, or one over HTTP', async () => {
    const { call } = start({ handle: async (_, request) => request });
    expect(await call({}, 5_000)).toBe('direct');
    expect(await call(OVER_HTTP, 5_000)).toMatchObject({ body: '"over HTTP"' });
    const waiting = start({ handle: async (_, request) => `a ${request}`, parseDirect: async () => 'later one' });
    expect(await waiting.call({}, 5_000)).toBe('a later one');
  });

  it('that cannot be understood over HTTP is a problem', async () => {
    const { call } = start({
      parseHttp: () => {
        throw new ConjurError('invalid_request', 'No.');
      },
    });
    expect(await call(OVER_HTTP, 5_000)).toMatchObject({ statusCode: 400, isBase64Encoded: false });
  });

  it('that fails as it should not is an internal error, whose cause stands in the log by name and place alone', async () => {
    class Odd extends Error {
      override name = 'Odd';
    }
    const cause = new Odd('sesame');
    cause.stack = `Odd: sesame\n${Array.from({ length: 7 }, (_, line) => `    at place ${line}`).join('\n')}\n`;
    const { call, lines } = start({ handle: async () => Promise.reject(cause) });
    await expect(call({}, 5_000)).rejects.toMatchObject({ code: 'internal', cause });
    const at = [0, 1, 2, 3, 4].map((line) => `    at place ${line}`);
    expect(lines).toMatchObject([{ outcome: 'internal', status: 500, cause: 'Odd', at }]);
  });

  it('has no correlation id in its answer where nobody gave one', async () => {
    const reply = (await start({}).call(OVER_HTTP, 5_000)) as { headers: object };
    expect(reply.headers).not.toHaveProperty('x-correlation-id');
  });

  it('that is direct gets the answer as it is, whatever its fields are called', async () => {
    const odd = { statusCode: 1, headers: {} };
    const { call } = start({ toDirect: () => odd });
    expect(await call({}, 5_000, { awsRequestId: 'request-1' })).toEqual(odd);
  });

  it('whose event cannot even be looked at is an internal error', async () => {
    const event = Object.defineProperty({}, 'requestContext', {
      get: () => {
        throw new Error('sesame');
      },
    });
    const { call, lines } = start({});
    await expect(call(event, 5_000)).rejects.toMatchObject({ code: 'internal', cause: { message: 'sesame' } });
    expect(lines).toEqual([]);
  });
});

describe('the start of a container', () => {
  it('gets a first session token, and waits for it two and a half seconds at most', async () => {
    const given: (number | undefined)[] = [];
    const authenticate = async ({ deadline }: CallOptions) => void given.push(deadline?.remainingMs());
    const { container, warnings } = containerWith({ authenticate });
    await warmUp({ container });
    expect([given, warnings]).toEqual([[2_500], []]);
  });

  it.each([
    [new ConjurError('upstream_unavailable', 'It is away.'), 'upstream_unavailable'],
    [new Error('sesame'), 'internal'],
  ])('does not fail where it gets none: %s', async (error, code) => {
    const { container, warnings } = containerWith({ authenticate: async () => Promise.reject(error) });
    await warmUp({ container });
    expect(warnings).toEqual([{ code }]);
  });

  it('asks for none where there is no container', async () => {
    const { container } = containerWith();
    const fault = new ConjurError('config_invalid', 'No settings.');
    await expect(warmUp({ fault, clock: container.clock, logger: container.logger })).resolves.toBeUndefined();
  });
});

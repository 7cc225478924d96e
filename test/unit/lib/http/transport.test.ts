import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Deadline } from '../../../../lib/clock.ts';
import { sharedDispatcher } from '../../../../lib/http/dispatchers.ts';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { AttemptReport, HeldBackReport, HttpRequest, HttpResponse } from '../../../../lib/http/request.ts';
import { Circuit, RetryBudget } from '../../../../lib/http/retry-plan.ts';
import { createTransport, type TransportOptions } from '../../../../lib/http/transport.ts';
import { FakeClock } from '../fake-clock.ts';

const [LEADER, FIRST, SECOND] = ['http://leader.test', 'http://first.test', 'http://second.test'];
const READ: HttpRequest = { method: 'GET', path: '/a', action: 'reading', idempotent: true, target: 'read' };

type Answer = number | HttpFault | 'silence';
interface Sent {
  readonly origin: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A transport to servers that answer in turn, the last answer again and again. */
function start(answers: readonly Answer[], options: Partial<TransportOptions> = {}, followers: readonly string[] = []) {
  const clock = new FakeClock();
  const sent: Sent[] = [];
  const attempts: AttemptReport[] = [];
  const heldBack: HeldBackReport[] = [];
  const dispatcher = {
    dispatch({ origin, headers, body }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push({ origin: String(origin), headers: headers as Record<string, string>, body });
      const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
      if (answer instanceof HttpFault) handler.onResponseError?.(controller, answer);
      else if (typeof answer === 'number') {
        clock.move(7);
        handler.onResponseStart?.(controller, answer, {});
        handler.onResponseEnd?.(controller, {});
      }
      return true;
    },
  } as unknown as Dispatcher;
  const send = createTransport({
    ...{ dispatchers: sharedDispatcher(dispatcher), clock, random: () => 0.5 },
    ...{ baseUrl: new URL(LEADER), readBaseUrls: followers.map((url) => new URL(url)) },
    ...{ timeoutMs: 500, maxAttempts: 5 },
    onAttempt: (report) => attempts.push(report),
    onHeldBack: (report) => heldBack.push(report),
    ...options,
  });
  const read = (request = READ, remainingMs = 10_000) => send(request, new Deadline(clock, remainingMs));
  return { read, clock, sent, attempts, heldBack };
}

const faultOf = (promise: Promise<unknown>): Promise<HttpFault> =>
  promise.then(
    () => {
      throw new Error('It was answered.');
    },
    (error: HttpFault) => error,
  );

describe('a request', () => {
  it('leaves in the same turn where its parts and its connection are at hand', async () => {
    const { read, sent } = start([200]);
    const answered = read({ ...READ, freshParts: () => ({ headers: { a: '1' } }) });
    expect(sent).toHaveLength(1);
    await answered;
  });

  it('takes headers and body of its fresh parts, and keeps what they leave alone', async () => {
    const { read, sent } = start([200]);
    const request = { ...READ, headers: { a: '1', b: '1' }, body: 'own' };
    await read({ ...request, freshParts: () => ({ headers: { b: '2' } }) });
    await read({ ...request, freshParts: async () => ({ body: 'fresh' }) });
    await read(request);
    expect(sent.map(({ headers: { a, b }, body }) => [a, b, body])).toEqual([
      ['1', '2', 'own'],
      ['1', '1', 'fresh'],
      ['1', '1', 'own'],
    ]);
  });

  it('is not sent where no time is left, and is where a moment is', async () => {
    const { read, sent } = start([200]);
    expect(await faultOf(read(READ, 0))).toMatchObject({ kind: 'deadline', reason: 'before it was sent' });
    expect(sent).toHaveLength(0);
    expect((await read(READ, 1)).status).toBe(200);
  });

  it('says who answered, and how long it took', async () => {
    const { read, attempts } = start([404, 200], {}, [FIRST]);
    const confirmed = { ...READ, confirmAtLeader: [404] };
    expect((await read(confirmed)).fromLeader).toBe(true);
    expect((await read(confirmed)).fromLeader).toBe(false);
    expect(attempts.map(({ server, durationMs }) => [server, durationMs])).toEqual([
      [FIRST, 7],
      [LEADER, 7],
      [FIRST, 7],
    ]);
    expect(attempts[0]).toEqual({
      ...{ method: 'GET', action: 'reading', server: FIRST },
      ...{ attempt: 1, durationMs: 7, status: 404 },
    });
  });

  it('whose observer fails is an error of the program: it goes through, and holds no probe back', async () => {
    let fails = true;
    const traceparent = () => {
      if (fails) throw new RangeError('no trace');
      return undefined;
    };
    const circuit = new Circuit(() => 0);
    const { read, clock } = start([200], { traceparent, createCircuit: () => circuit });
    for (let left = 4; left >= 0; left -= 1)
      circuit.note({ weight: 1, reason: 'x' }, false, clock.now() - 1_000 - left * 500);
    await expect(read()).rejects.toThrow(new RangeError('no trace'));
    fails = false;
    expect((await read()).status).toBe(200);
  });

  it('is worth a wait of a millisecond, and none of less', async () => {
    const shortest = start([503, 200], { random: () => 0.01 });
    await shortest.read();
    expect(shortest.clock.sleeps).toEqual([1]);
    const none = start([503, 200], { random: () => 0 });
    await none.read();
    expect(none.clock.sleeps).toEqual([]);
  });
});

describe('a request that may have taken effect', () => {
  const KNOWN: HttpResponse = { status: 201, headers: {}, body: Buffer.of(), fromLeader: true };

  it.each<[Answer, boolean]>([
    [502, true],
    [504, true],
    [503, false],
    [429, false],
    [new HttpFault('timeout', 'x'), true],
    [new HttpFault('broken', 'x'), true],
    [new HttpFault('connect', 'x'), false],
  ])('is looked for before it is repeated: after %s, %s', async (answer, isLookedFor) => {
    let looks = 0;
    const beforeRepeat = async () => {
      looks += 1;
      return undefined;
    };
    const { read, sent } = start([answer, 200]);
    expect((await read({ ...READ, beforeRepeat })).status).toBe(200);
    expect([looks, sent.length]).toEqual([isLookedFor ? 1 : 0, 2]);
    const found = start([answer, 200]);
    const end = await found.read({ ...READ, beforeRepeat: async () => KNOWN });
    expect([end === KNOWN, found.sent.length]).toEqual(isLookedFor ? [true, 1] : [false, 2]);
  });
});

describe('a server that could not be reached', () => {
  it.each<[Answer, string]>([
    [new HttpFault('connect', 'x'), SECOND],
    [new HttpFault('proxy', 'x'), SECOND],
    [new HttpFault('proxy-tls', 'x'), SECOND],
    [new HttpFault('tls', 'x'), SECOND],
    [new HttpFault('timeout', 'x'), SECOND],
    [new HttpFault('broken', 'x'), FIRST],
    [new HttpFault('coding', 'x'), FIRST],
    [503, FIRST],
    [404, FIRST],
  ])('comes last for a while: after %s, %s is asked first', async (answer, first) => {
    const { read, sent } = start([answer, 200], {}, [FIRST, SECOND]);
    await read().catch(() => undefined);
    sent.length = 1;
    await read();
    expect(sent[1]?.origin).toBe(first);
  });
});

describe('an attempt that times out', () => {
  /** @returns how it ended, after the clock has moved so far */
  async function endOf(remainingMs: number, movedMs: number, options: Partial<TransportOptions> = {}) {
    const { read, clock } = start(['silence'], { maxAttempts: 1, ...options });
    const ended = faultOf(read(READ, remainingMs));
    clock.move(movedMs);
    await vi.advanceTimersByTimeAsync(Math.min(500, remainingMs));
    return (await ended).kind;
  }

  it.each([
    ['is one where time is left', 501, 500, 'timeout'],
    ['is the end of the time where it had all of it', 500, 0, 'deadline'],
    ['is the end of the time where the process was frozen meanwhile', 5_000, 5_000, 'deadline'],
    ['is one where a moment is left after that', 5_000, 4_999, 'timeout'],
  ])('%s', async (_, remainingMs, movedMs, kind) => {
    expect(await endOf(remainingMs, movedMs)).toBe(kind);
  });

  it.each([
    [500, 500, 2],
    [499, 499, 0],
  ])(
    'of %i ms counts against its server where it had the 500 ms of every attempt',
    async (remainingMs, _, failures) => {
      const circuit = new Circuit(() => 0);
      await endOf(remainingMs, 0, { createCircuit: () => circuit });
      expect(circuit.failures).toBe(failures);
    },
  );
});

describe('the budget of retries', () => {
  class SpiedBudget extends RetryBudget {
    readonly calls: string[] = [];
    isSpent = false;
    override enter = (): void => void this.calls.push('enter');
    override leave = (): void => void this.calls.push('leave');
    override refill = (): void => void this.calls.push('refill');
    override spend = (): boolean => !this.isSpent;
  }

  it.each<[Answer, string[]]>([
    [200, ['enter', 'refill', 'leave']],
    [404, ['enter', 'refill', 'leave']],
    [428, ['enter', 'refill', 'leave']],
    [429, ['enter', 'leave']],
    [430, ['enter', 'refill', 'leave']],
    [499, ['enter', 'refill', 'leave']],
    [500, ['enter', 'leave']],
    [503, ['enter', 'leave']],
    [new HttpFault('tls', 'x'), ['enter', 'leave']],
  ])('is told of each request, and of an answer that is no failure: %s', async (answer, calls) => {
    const budget = new SpiedBudget();
    const { read } = start([answer], { budget, maxAttempts: 1 });
    await read().catch(() => undefined);
    expect(budget.calls).toEqual(calls);
  });

  it('that is spent makes the first outcome the answer, which says so', async () => {
    const budget = new SpiedBudget();
    budget.isSpent = true;
    const fault = new HttpFault('connect', 'ECONNREFUSED', 'why');
    const failing = start([fault], { budget });
    const end = await faultOf(failing.read());
    expect(end).toMatchObject({
      ...{ kind: 'connect', reason: 'ECONNREFUSED', cause: 'why' },
      endedBy: 'retry-budget',
    });
    const answering = start([503], { budget });
    expect(await answering.read()).toMatchObject({ status: 503, endedBy: 'retry-budget' });
    expect(answering.heldBack).toEqual([
      { ...{ method: 'GET', action: 'reading', server: LEADER }, by: 'retry-budget' },
    ]);
  });

  it('that is not says nothing', async () => {
    const fault = new HttpFault('tls', 'x');
    const failing = start([fault]);
    expect(await faultOf(failing.read())).toBe(fault);
    const answering = start([200], { onHeldBack: undefined, onAttempt: undefined });
    expect(await answering.read()).not.toHaveProperty('endedBy');
    expect(failing.heldBack).toEqual([]);
  });
});

describe('a circuit that opens while a request waits to be repeated', () => {
  /** Lets one attempt through, and promises a second. */
  class ClosingCircuit extends Circuit {
    #asked = 0;
    override admits(): boolean {
      this.#asked += 1;
      return this.#asked <= 3;
    }
  }
  const createCircuit = () => new ClosingCircuit(() => 0);

  it('makes the outcome before it the answer', async () => {
    const answering = start([503], { createCircuit });
    expect(await answering.read()).toMatchObject({ status: 503, endedBy: 'circuit' });
    expect(answering.heldBack).toMatchObject([{ server: LEADER, by: 'circuit' }]);
    const failing = start([new HttpFault('connect', 'x')], { createCircuit });
    expect(await faultOf(failing.read())).toMatchObject({ kind: 'connect', endedBy: 'circuit' });
  });
});

import { describe, expect, it } from 'vitest';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { HeldBackReport } from '../../../../lib/http/request.ts';
import { Circuit, judge, type Verdict } from '../../../../lib/http/retry-plan.ts';
import { type Answer, FOLLOWERS, LEADER, mockConjur } from '../mock-conjur.ts';

const START_MS = Date.parse('2026-03-01T12:00:00Z');
const FAILED: Verdict = { weight: 1, reason: '503' };
const TIMED_OUT: Verdict = { weight: 2, reason: 'timeout: 5000 ms' };

/** Outcomes, and in milliseconds how long after the one before each came. */
type History = readonly (readonly [count: number, everyMs: number, verdict: Verdict])[];

function play(history: History) {
  const circuit = new Circuit(() => 0);
  let nowMs = START_MS;
  for (const [count, everyMs, verdict] of history) {
    for (let done = 0; done < count; done += 1) {
      nowMs += everyMs;
      circuit.note(verdict, false, nowMs);
    }
  }
  return { circuit, nowMs };
}

describe('a circuit', () => {
  const HISTORIES: readonly { what: string; history: History; isOpen: boolean }[] = [
    { what: 'nothing', history: [], isOpen: false },
    { what: 'five failures in a row over two seconds', history: [[5, 500, FAILED]], isOpen: true },
    { what: 'four of them', history: [[4, 1_000, FAILED]], isOpen: false },
    { what: 'a hundred within two seconds, as a restart gives', history: [[100, 19, FAILED]], isOpen: false },
    { what: 'five that came a minute apart', history: [[5, 60_000, FAILED]], isOpen: true },
    {
      what: 'five, of which two came after the wall clock went backwards, two seconds apart',
      history: [
        [3, 1_000, FAILED],
        [1, -60_000, FAILED],
        [1, 2_000, FAILED],
      ],
      isOpen: true,
    },
    { what: 'three timeouts', history: [[3, 5_000, TIMED_OUT]], isOpen: true },
    { what: 'two timeouts', history: [[2, 5_000, TIMED_OUT]], isOpen: false },
    {
      what: 'four failures, an answer, and four failures',
      history: [
        [4, 1_000, FAILED],
        [1, 1_000, 'well'],
        [4, 1_000, FAILED],
      ],
      isOpen: false,
    },
    {
      what: 'failures between which is what says nothing',
      history: [
        [4, 1_000, FAILED],
        [5, 1_000, 'unknown'],
        [1, 1_000, FAILED],
      ],
      isOpen: true,
    },
    {
      what: 'failures around a clock that went backwards',
      history: [
        [4, 1_000, FAILED],
        [1, -60_000, FAILED],
        [1, 1_000, FAILED],
      ],
      isOpen: false,
    },
  ];

  it.each(HISTORIES)('after $what is open: $isOpen', ({ history, isOpen }) => {
    const { circuit, nowMs } = play(history);
    expect(circuit.admits(nowMs)).toBe(!isOpen);
  });

  it('that is open lets one probe through at a time, after a pause that doubles up to five seconds', () => {
    const { circuit, nowMs } = play([[5, 500, FAILED]]);
    let thenMs = nowMs;
    for (const pauseMs of [1_000, 2_000, 4_000, 5_000, 5_000]) {
      expect(circuit.pauseLeftMs(thenMs)).toBe(pauseMs);
      expect(circuit.admits(thenMs + pauseMs - 1)).toBe(false);
      thenMs += pauseMs;
      expect(circuit.admits(thenMs)).toBe(true);
      expect(circuit.enter()).toBe(true);
      expect(circuit.admits(thenMs)).toBe(false);
      circuit.note(FAILED, true, thenMs);
    }
  });

  it('draws its pauses from half to the whole, so that clients do not probe together', () => {
    const circuit = new Circuit(() => 0.999_999);
    for (let i = 1; i <= 5; i += 1) circuit.note(FAILED, false, START_MS + i * 500);
    expect(circuit.pauseLeftMs(START_MS + 2_500)).toBeCloseTo(500, 0);
  });

  it("closes by any answer, the probe's or that of a request that was under way", () => {
    for (const isProbe of [true, false]) {
      const { circuit, nowMs } = play([[5, 500, FAILED]]);
      if (isProbe) circuit.enter();
      circuit.note('well', isProbe, nowMs);
      expect(circuit.admits(nowMs)).toBe(true);
      expect(circuit.failures).toBe(0);
    }
  });

  it('is not held open by failures of requests that were under way, nor by a probe that says nothing', () => {
    const { circuit, nowMs } = play([[5, 500, FAILED]]);
    circuit.note(FAILED, false, nowMs + 900);
    expect(circuit.admits(nowMs + 1_000)).toBe(true);
    circuit.enter();
    circuit.note('unknown', true, nowMs + 1_000);
    expect(circuit.admits(nowMs + 1_000)).toBe(true);
  });

  it('lets no second probe through because a request that was under way before it fails', () => {
    const { circuit, nowMs } = play([[5, 500, FAILED]]);
    expect(circuit.enter()).toBe(true);
    circuit.note(FAILED, false, nowMs + 1_000);
    expect(circuit.admits(nowMs + 1_000)).toBe(false);
  });

  it('that is closed has no pause and no probe', () => {
    const closed = new Circuit(() => 0);
    const again = play([[5, 500, FAILED]]);
    again.circuit.note('well', false, again.nowMs);
    for (const circuit of [closed, again.circuit]) {
      expect([circuit.enter(), circuit.pauseLeftMs(again.nowMs)]).toEqual([false, 0]);
      expect(circuit.admits(again.nowMs)).toBe(true);
    }
    for (let i = 1; i <= 5; i += 1) closed.note(FAILED, false, START_MS + i * 500);
    expect(closed.admits(START_MS + 3_500)).toBe(true);
  });

  it('has a probe due where the clock went backwards', () => {
    const { circuit, nowMs } = play([[5, 500, FAILED]]);
    expect(circuit.admits(nowMs - 3_600_000)).toBe(true);
  });
});

describe('an attempt', () => {
  const answer = (status: number) => ({ response: { status, headers: {}, body: Buffer.of(), fromLeader: true } });
  const fault = (kind: ConstructorParameters<typeof HttpFault>[0]) => ({ fault: new HttpFault(kind, 'x') });

  it.each([
    [answer(200), 'well'],
    [answer(401), 'well'],
    [answer(404), 'well'],
    [answer(409), 'well'],
    [answer(500), 'well'],
    [answer(429), { weight: 1, reason: '429' }],
    [answer(502), { weight: 1, reason: '502' }],
    [answer(503), { weight: 1, reason: '503' }],
    [answer(504), { weight: 1, reason: '504' }],
    [fault('connect'), { weight: 1, reason: 'connect: x' }],
    [fault('proxy'), { weight: 1, reason: 'proxy: x' }],
    [fault('broken'), { weight: 1, reason: 'broken: x' }],
    [fault('timeout'), { weight: 2, reason: 'timeout: x' }],
    [fault('tls'), 'unknown'],
    [fault('client-certificate'), 'unknown'],
    [fault('too-large'), 'unknown'],
    [fault('coding'), 'unknown'],
    [fault('aborted'), 'unknown'],
  ])('%j says of its server: %j', (outcome, verdict) => {
    expect(judge(outcome, false)).toEqual(verdict);
  });

  it('that a caller in a hurry has cut short says nothing', () => {
    expect(judge(fault('timeout'), true)).toBe('unknown');
  });
});

/** A client of servers that fail until they are mended, by the statuses that stand for them. */
function serving(statuses: Record<string, number>, environment: Record<string, string> = {}) {
  const heldBack: HeldBackReport[] = [];
  const status = (origin: string): Answer => ({ status: statuses[origin] ?? 200, body: 'value' });
  const mock = mockConjur(({ origin }) => status(origin), environment, { onHeldBack: (it) => heldBack.push(it) });
  const { conjur, clock, seen } = mock;
  return {
    ...mock,
    statuses,
    heldBack,
    /** Reads once a second. @returns how each ended, and the servers that it asked */
    async read(times: number) {
      const ends: { outcome: string; asked: string[] }[] = [];
      for (let i = 0; i < times; i += 1) {
        seen.length = 0;
        const outcome = await conjur.readSecret('a').then(
          () => 'ok',
          (error: unknown) => (error as { code: string }).code,
        );
        ends.push({ outcome, asked: seen.map(({ origin }) => origin) });
        clock.move(1_000);
      }
      return ends;
    },
  };
}

describe('a client whose only server fails everything', () => {
  it('asks it once in a few seconds, says so, and goes on as soon as it answers', async () => {
    const { conjur, clock, heldBack, read, seen, statuses } = serving({ [LEADER]: 503 });
    await conjur.authenticate();
    const whileItOpens = await read(4);
    expect(whileItOpens.every(({ outcome }) => outcome === 'upstream_unavailable')).toBe(true);
    heldBack.length = 0;

    const sixty = await read(60);
    expect(sixty.every(({ outcome }) => outcome === 'upstream_unavailable')).toBe(true);
    const asked = sixty.flatMap((end) => end.asked).length;
    expect(asked).toBeGreaterThanOrEqual(60 / 5 - 1);
    expect(asked).toBeLessThanOrEqual(20);
    expect(sixty.every((end) => end.asked.length <= 1)).toBe(true);
    expect(heldBack[0]).toEqual({
      ...{ method: 'GET', action: 'reading the secret "a"', server: LEADER },
      by: 'circuit',
    });

    clock.move(5_000);
    await conjur.readSecret('a').catch(() => undefined);
    seen.length = 0;
    await expect(conjur.readSecret('a')).rejects.toMatchObject({
      code: 'upstream_unavailable',
      message: expect.stringMatching(/failed every request lately \(the last: 503\), and was not asked/),
      retryAfterSeconds: 4,
    });
    expect(seen).toHaveLength(0);

    delete statuses[LEADER];
    const after = await read(10);
    const firstOk = after.findIndex(({ outcome }) => outcome === 'ok');
    expect(firstOk).toBeLessThanOrEqual(5);
    expect(after.slice(firstOk).every(({ outcome }) => outcome === 'ok')).toBe(true);
  });

  it('probes by an authentication where the token has expired meanwhile', async () => {
    let status = 503;
    const { conjur, clock } = mockConjur(
      () => ({ status, body: 'value' }),
      {},
      {},
      () => ({ status }),
    );
    for (let i = 0; i < 10; i += 1) {
      await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'upstream_unavailable' });
      clock.move(1_000);
    }
    status = 200;
    clock.move(5_000);
    // The login of this test is no token: that it was sent, and not held back, is what counts.
    await expect(conjur.readSecret('a')).rejects.toMatchObject({ code: 'upstream_error' });
  });
});

describe('a client of followers', () => {
  const ENVIRONMENT = { CYBERARK_READ_API_BASE: FOLLOWERS.join(',') };
  const [FIRST, SECOND] = FOLLOWERS;

  it('has every read answered while one of them fails everything, which it asks only now and then', async () => {
    const { read, heldBack } = serving({ [FIRST]: 503 }, ENVIRONMENT);
    const ends = await read(100);
    expect(ends.every(({ outcome }) => outcome === 'ok')).toBe(true);
    const spared = ends.slice(10).filter(({ asked }) => !asked.includes(FIRST));
    expect(spared.length).toBeGreaterThan(60);
    expect(ends.slice(10).every(({ asked }) => asked.at(-1) === SECOND)).toBe(true);
    expect(heldBack.every(({ server, by }) => server === FIRST && by === 'circuit')).toBe(true);
    expect(heldBack.length).toBeGreaterThan(60);
  });

  it('has every read answered while all but the leader fail everything', async () => {
    const { read } = serving({ [FIRST]: 503, [SECOND]: 503 }, ENVIRONMENT);
    const ends = await read(100);
    expect(ends.every(({ outcome, asked }) => outcome === 'ok' && asked.at(-1) === LEADER)).toBe(true);
  });

  it('comes back to each as soon as it is well, also after all have failed', async () => {
    const { read, statuses } = serving({ [FIRST]: 503, [SECOND]: 503, [LEADER]: 503 }, ENVIRONMENT);
    await read(30);
    delete statuses[SECOND];
    const back = await read(20);
    expect(back.slice(6).every(({ outcome }) => outcome === 'ok')).toBe(true);
    delete statuses[FIRST];
    expect((await read(20)).slice(6).every(({ asked }) => asked.join() === FIRST)).toBe(true);
  });
});

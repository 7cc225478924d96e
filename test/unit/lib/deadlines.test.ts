import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withinDeadline } from '../../../lib/auth/aws-calls.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { Deadline, systemClock } from '../../../lib/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { LEADER, mockConjur } from './mock-conjur.ts';

const DAY_MS = 86_400_000;
const turn = (): Promise<string> => new Promise((resolve) => setImmediate(resolve, 'done'));

describe.each([
  ['30 days', 30 * DAY_MS],
  ['no end', Number.POSITIVE_INFINITY],
  ['a fraction of a millisecond', 2_500.5],
])('a deadline of %s', (_, remainingMs) => {
  it('is a number that timers take, and ends nothing before its time', async () => {
    const deadline = new Deadline(new FakeClock(), remainingMs);
    expect(deadline.timerMs()).toBe(Math.min(Math.ceil(remainingMs), 2 ** 31 - 1));
    expect(deadline.remainingMs()).toBe(remainingMs);
    expect(deadline.withoutSignal().remainingMs()).toBe(remainingMs);
  });

  it('lets work, a call of AWS and a call of Conjur come to their ends', async () => {
    const deadline = new Deadline(systemClock, remainingMs);
    expect(await deadline.race(turn(), 'waiting')).toBe('done');
    expect(
      await withinDeadline(deadline, 'asking AWS', ({ abortSignal }) => turn().then(() => abortSignal.aborted)),
    ).toBe(false);
    const { conjur, clock } = mockConjur(() => ({ status: 200, body: 'value' }));
    const { value } = await conjur.readSecret('a', { deadline: new Deadline(clock, remainingMs) });
    expect(value.expose()).toBe('value');
  });
});

it('a fraction of a millisecond is one for a timer', () => {
  expect(new Deadline(new FakeClock(), 0.5).timerMs()).toBe(1);
});

it('a deadline that has passed leaves no time, and a timer a millisecond', () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock, 10);
  clock.move(11);
  expect([deadline.remainingMs(), deadline.timerMs()]).toEqual([0, 1]);
});

it('a clock that goes backwards gives nobody more time than there was', () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock, 30_000, new AbortController().signal);
  clock.move(-3_600_000);
  expect([deadline.remainingMs(), deadline.timerMs(), deadline.withoutSignal().remainingMs()]).toEqual([
    ...[30_000, 30_000, 30_000],
  ]);
});

it('a deadline without a signal is its own', () => {
  const deadline = new Deadline(new FakeClock(), 10);
  expect(deadline.withoutSignal()).toBe(deadline);
});

it('a deadline without its signal ends when that one does, whenever it is made', () => {
  const clock = new FakeClock();
  const deadline = new Deadline(clock, 1_000, new AbortController().signal);
  clock.move(400);
  expect(deadline.withoutSignal().remainingMs()).toBe(600);
});

describe('work that is raced against a deadline', () => {
  /** A clock whose timers end when they are told to. */
  function holdTimers() {
    const timers = new Map<() => void, number>();
    const startTimer = (run: () => void, ms: number) => {
      timers.set(run, ms);
      return () => void timers.delete(run);
    };
    return { clock: Object.assign(new FakeClock(), { startTimer }), timers };
  }

  it.each([
    [
      'its action',
      'reading',
      { code: 'deadline_exceeded', message: expect.stringContaining('ran out while reading.') },
    ],
    ['the error that it is given', () => new RangeError('late'), { name: 'RangeError', message: 'late' }],
  ])('fails by %s when the time is over, and leaves no timer', async (_, action, error) => {
    const { clock, timers } = holdTimers();
    const raced = expect(new Deadline(clock, 10).race(new Promise(() => undefined), action)).rejects.toMatchObject(
      error,
    );
    expect([...timers.values()]).toEqual([10]);
    for (const expire of timers.keys()) expire();
    await raced;
    expect(timers.size).toBe(0);
  });

  it('leaves no timer when it ends in time, well or badly', async () => {
    const { clock, timers } = holdTimers();
    const deadline = new Deadline(clock, 10);
    expect(await deadline.race(Promise.resolve('done'), 'reading')).toBe('done');
    await expect(deadline.race(Promise.reject(new RangeError('no')), 'reading')).rejects.toThrow(RangeError);
    expect(timers.size).toBe(0);
  });

  it('leaves no timer of the process either', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    await new Deadline(new FakeClock(), 10).race(Promise.resolve('done'), 'reading');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('what is no number is no deadline', () => {
  expect(() => new Deadline(new FakeClock(), Number.NaN)).toThrow(TypeError);
});

describe('a login whose credential hangs', () => {
  const hang = () => new Promise<never>(() => undefined);

  it.each([
    ['a JWT that a program is asked for', { type: 'jwt', serviceId: 'ci', jwt: hang } as const],
    ['an id token', { type: 'oidc', serviceId: 'ci', idToken: hang } as const],
    ['a secret in Secrets Manager', { type: 'api-key', apiKeySecretId: 'key' } as const],
  ])('ends by the deadline of the call: %s', async (_, auth) => {
    const secretReader = { readString: hang, readBinary: hang, read: hang } as never;
    const conjur = createConjurClient({ baseUrl: LEADER, auth }, { secretReader });
    await expect(conjur.authenticate({ timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(conjur.readSecret('a', { timeoutMs: 20 })).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await conjur.close();
  });
});

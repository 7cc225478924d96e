import { describe, expect, it } from 'vitest';
import { createRunCall, Deadline, systemClock } from '../../../lib/clock.ts';
import { FakeClock } from './fake-clock.ts';
import { mockConjur } from './mock-conjur.ts';

const clock = new FakeClock();
const run = createRunCall(clock);

describe('the limits of a call', () => {
  it.each([
    ['30 seconds unless it says otherwise', undefined, 30_000],
    ['what timeoutMs says', { timeoutMs: 1_500 }, 1_500],
    ['what is left of a deadline', { deadline: new Deadline(clock, 700) }, 700],
  ])('are %s', async (_, options, remainingMs) => {
    expect(await run(options, async (deadline) => deadline.remainingMs())).toBe(remainingMs);
  });

  it.each([1, 900_000])('may be %d ms', async (timeoutMs) => {
    expect(await run({ timeoutMs }, async (deadline) => deadline.remainingMs())).toBe(timeoutMs);
  });

  it('are those of its deadline itself, unless a signal may end it sooner', async () => {
    const deadline = new Deadline(clock, 700);
    const { signal } = new AbortController();
    expect(await run({ deadline }, async (given) => given)).toBe(deadline);
    const limited = await run({ deadline, signal }, async (given) => given);
    expect([limited.expiresAtMs, limited.signal]).toEqual([deadline.expiresAtMs, signal]);
  });

  it.each([0, -1, 1.5, Number.NaN, 900_001])(
    'refuse a timeoutMs of %d, as a rejection and not a throw',
    async (timeoutMs) => {
      const call = run({ timeoutMs }, async () => 'done');
      await expect(call).rejects.toThrow(new TypeError('timeoutMs must be a whole number from 1 to 900000'));
    },
  );
});

describe('the signal of a call', () => {
  it('ends a call at once that has not begun', async () => {
    let begun = false;
    const call = run({ signal: AbortSignal.abort('shutdown') }, async () => {
      begun = true;
    });
    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', cause: 'shutdown' });
    expect(begun).toBe(false);
  });

  it('ends the wait for work that does not end, and the work finds no time left', async () => {
    const controller = new AbortController();
    let seen: Deadline | undefined;
    const call = run({ signal: controller.signal }, (deadline) => {
      seen = deadline;
      return new Promise<never>(() => undefined);
    });
    controller.abort(new Error('shutdown'));
    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded', cause: controller.signal.reason });
    expect(seen?.remainingMs()).toBe(0);
    expect(seen?.withoutSignal().remainingMs()).toBe(30_000);
  });

  it('leaves no listener behind, and its cause out of sight', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const counts = { added: 0, removed: 0 };
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      counts.added += 1;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      counts.removed += 1;
      removeEventListener.apply(signal, args);
    };
    expect(await createRunCall(systemClock)({ signal }, async () => 'done')).toBe('done');
    expect(counts).toEqual({ added: 1, removed: 1 });
  });
});

describe('the wait before a repetition', () => {
  it('ends with the signal of its call, so that it holds up no process that wants to end', async () => {
    const controller = new AbortController();
    const signals: unknown[] = [];
    const waiting = {
      now: Date.now,
      async sleep(_: number, signal?: AbortSignal) {
        signals.push(signal);
        controller.abort();
      },
    };
    const { conjur } = mockConjur(() => ({ status: 503, headers: { 'retry-after': '25' } }), {}, { clock: waiting });
    const read = conjur.readSecret('a', { signal: controller.signal });
    await expect(read).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(signals).toEqual([controller.signal]);
  });

  it.each([
    ['that was given before', AbortSignal.abort()],
    ['that comes', AbortSignal.timeout(5)],
  ])('ends by the system’s clock with a signal %s', async (_, signal) => {
    await systemClock.sleep(1_000_000, signal);
    expect(signal.aborted).toBe(true);
  });

  it('ends by itself where no signal comes', async () => {
    await systemClock.sleep(1, new AbortController().signal);
    await systemClock.sleep(1);
  });
});

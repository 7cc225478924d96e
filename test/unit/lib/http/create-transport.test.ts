import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConjurTransport } from '../../../../lib/answers.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { sharedDispatcher } from '../../../../lib/http/dispatchers.ts';
import { FakeClock } from '../fake-clock.ts';

const REQUEST = { method: 'GET', path: '/secrets/a', action: 'reading' } as const;
/** Never answers. */
const SILENT = { dispatch: () => true } as unknown as Dispatcher;

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** What a request ends with that gets no answer, by a clock that has not noticed how long it took. */
async function endOf({ timeoutMs, remainingMs }: { timeoutMs: number; remainingMs: number }): Promise<unknown> {
  const clock = new FakeClock();
  const send = createConjurTransport({
    dispatchers: sharedDispatcher(SILENT),
    baseUrl: new URL('http://conjur.test'),
    readBaseUrls: [],
    timeoutMs,
    maxAttempts: 1,
    clock,
    random: () => 0.5,
    nameOf: String,
  });
  const ended = send(REQUEST, new Deadline(clock, remainingMs)).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(Math.min(timeoutMs, remainingMs));
  return ended;
}

it('says that the time ran out where the deadline has cut the attempt, also if its timer fires a moment early', async () => {
  expect(await endOf({ timeoutMs: 5_000, remainingMs: 500 })).toMatchObject({ code: 'deadline_exceeded' });
});

it('says that Conjur did not answer where the attempt had all its time', async () => {
  expect(await endOf({ timeoutMs: 500, remainingMs: 5_000 })).toMatchObject({ code: 'upstream_unavailable' });
});

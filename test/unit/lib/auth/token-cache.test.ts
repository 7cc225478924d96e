import { describe, expect, it } from 'vitest';
import { drawDueAgeMs, TokenCache } from '../../../../lib/auth/session.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { type Logger, silentLogger } from '../../../../lib/logger.ts';
import { FakeClock } from '../fake-clock.ts';
import { PendingAuthentications } from './pending-authentications.ts';

const SECOND_MS = 1_000;
const REFRESH_INTERVAL_MS = 300 * SECOND_MS;

/** Life of the token in seconds; when a refresh is due, and when the token is not sent any more, in milliseconds after it was asked for. */
const LIVES = [
  { life: 60, dueMs: 51_000, expiredMs: 59_000 },
  { life: 480, dueMs: 300_000, expiredMs: 479_000 },
  { life: 18_000, dueMs: 300_000, expiredMs: 17_999_000 },
  { life: 2, dueMs: 1_700, expiredMs: 1_900 },
];

/** @param random default: the whole interval is drawn */
async function cacheWithToken(
  lifeSeconds: number,
  logger: Logger = silentLogger,
  onRefreshFailed?: (error: unknown) => void,
  random: () => number = () => 0,
) {
  const clock = new FakeClock();
  const conjur = new PendingAuthentications();
  const { authenticate } = conjur;
  const cache = new TokenCache({
    authenticate,
    clock,
    refreshIntervalMs: REFRESH_INTERVAL_MS,
    random,
    logger,
    onRefreshFailed,
  });
  const get = () => cache.get(new Deadline(clock, 30_000));
  const first = get();
  const token = await conjur.succeed(lifeSeconds);
  await first;
  return { cache, clock, conjur, get, token };
}

describe.each(LIVES)('a token that lives $life s', ({ life, dueMs, expiredMs }) => {
  it('is used without a word until a refresh is due', async () => {
    const { clock, conjur, get, token } = await cacheWithToken(life);
    clock.move(dueMs - 1);
    expect(await get()).toBe(token);
    expect(conjur.begun).toBe(1);
  });

  it('is used on while a refresh that is due runs beside, and then replaced', async () => {
    const { clock, conjur, get, token } = await cacheWithToken(life);
    clock.move(dueMs);
    expect(await get()).toBe(token);
    expect(conjur.begun).toBe(2);
    const newer = await conjur.succeed(life);
    expect(await get()).toBe(newer);
    expect(conjur.begun).toBe(2);
  });

  it('is used to the last moment in which it can still arrive', async () => {
    const { clock, conjur, get, token } = await cacheWithToken(life);
    clock.move(expiredMs - 1);
    expect(await get()).toBe(token);
    expect(conjur.underWay).toBe(1);
  });

  it('is not used after that: the call waits for the new one', async () => {
    const { clock, conjur, get, token } = await cacheWithToken(life);
    clock.move(expiredMs);
    const answer = get();
    const newer = await conjur.succeed(life);
    expect(await answer).toBe(newer);
    expect(newer).not.toBe(token);
  });

  it('counts as too old when the wall clock went backwards', async () => {
    const { clock, conjur, get } = await cacheWithToken(life);
    clock.move(-1);
    const answer = get();
    const newer = await conjur.succeed(life);
    expect(await answer).toBe(newer);
  });

  it('is kept when its refresh fails, which is logged, told, and tried again a little later', async () => {
    const warnings: unknown[] = [];
    const told: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields: unknown) => warnings.push(fields) };
    const { clock, conjur, get, token } = await cacheWithToken(life, logger, (error) => told.push(error));
    clock.move(dueMs);
    await get();
    await conjur.fail(new ConjurError('upstream_unavailable', 'Conjur is away.'));
    expect(told).toMatchObject([{ code: 'upstream_unavailable' }]);
    expect(warnings).toEqual([{ code: 'upstream_unavailable', reason: 'Conjur is away.' }]);
    expect(await get()).toBe(token);
    expect(conjur.begun).toBe(2);
    clock.move(5_000);
    const later = get();
    await conjur.succeed(life);
    await later;
    expect(conjur.begun).toBe(3);
  });

  it('is refreshed without a pause after a failure where the wall clock went backwards', async () => {
    if (expiredMs - dueMs < 1_000) return;
    const { clock, conjur, get } = await cacheWithToken(life);
    clock.move(dueMs + 500);
    await get();
    await conjur.fail(new ConjurError('upstream_unavailable', 'It is away.'));
    await get();
    expect(conjur.begun).toBe(2);
    clock.move(-1);
    await get();
    expect(conjur.begun).toBe(3);
  });

  it('was frozen with its answer for longer than it lives, and is not sent', async () => {
    const { cache, clock, conjur } = await cacheWithToken(life);
    clock.move(expiredMs);
    const answer = cache.get(new Deadline(clock, 2 * life * SECOND_MS));
    clock.move(life * SECOND_MS);
    const stale = await conjur.succeed(life);
    const fresh = await conjur.succeed(life);
    expect(await answer).toBe(fresh);
    expect(fresh).not.toBe(stale);
  });
});

describe('any token', () => {
  it('is got once for a hundred callers who come together', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(480_000);
    const answers = Array.from({ length: 100 }, get);
    const newer = await conjur.succeed(480);
    expect(new Set(await Promise.all(answers))).toEqual(new Set([newer]));
    expect(conjur.begun).toBe(2);
  });

  it('is refreshed once for a hundred callers who find it due', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(301_000);
    await Promise.all(Array.from({ length: 100 }, get));
    expect(conjur.begun).toBe(2);
  });

  it('is dropped when the server refuses it, but not in place of a newer one', async () => {
    const { cache, clock, conjur, get, token } = await cacheWithToken(480);
    clock.move(301_000);
    await get();
    const newer = await conjur.succeed(480);
    cache.invalidate(token);
    expect(await get()).toBe(newer);
    cache.invalidate(newer);
    const answer = get();
    const third = await conjur.succeed(480);
    expect(await answer).toBe(third);
  });

  it('fails the call when it is expired and no new one is to be had, and the next call tries again', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(480_000);
    const refused = get();
    const outcome = expect(refused).rejects.toMatchObject({ code: 'authentication_failed' });
    await conjur.fail(new ConjurError('authentication_failed', 'no'));
    await outcome;
    const answer = get();
    const newer = await conjur.succeed(480);
    expect(await answer).toBe(newer);
  });

  it('keeps the caller no longer than his deadline, while the authentication goes on for the others', async () => {
    const { cache, clock, conjur } = await cacheWithToken(480);
    clock.move(480_000);
    const patient = cache.get(new Deadline(clock, 30_000));
    await expect(cache.get(new Deadline(clock, 20))).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const newer = await conjur.succeed(480);
    expect(await patient).toBe(newer);
    expect(conjur.begun).toBe(2);
  });

  it('is asked for anew by a caller who has time, when the deadline of the one who began has passed', async () => {
    const { cache, clock, conjur } = await cacheWithToken(480);
    clock.move(480_000);
    const hurried = cache.get(new Deadline(clock, 1_000));
    const patient = cache.get(new Deadline(clock, 30_000));
    const ended = expect(hurried).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await conjur.fail(new ConjurError('deadline_exceeded', 'time ran out'));
    await ended;
    const newer = await conjur.succeed(480);
    expect(await patient).toBe(newer);
  });

  it('leaves nothing in flight once it is settled', async () => {
    const { cache, clock, conjur, get } = await cacheWithToken(480);
    clock.move(301_000);
    await get();
    let settled = false;
    const waiting = Promise.resolve(cache.idle()).then(() => {
      settled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    await conjur.fail(new Error('away'));
    await waiting;
    expect(conjur.underWay).toBe(0);
    expect(cache.idle()).toBeUndefined();
  });

  it('that has expired meanwhile is asked for by its caller where the refresh that was under way fails', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(301_000);
    await get();
    clock.move(200_000);
    const answer = get();
    await conjur.fail(new ConjurError('upstream_unavailable', 'away'));
    const newer = await conjur.succeed(480);
    expect(await answer).toBe(newer);
    expect(conjur.begun).toBe(3);
  });

  it('is not asked for again where the refresh that was under way is refused', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(301_000);
    await get();
    clock.move(200_000);
    const outcome = expect(get()).rejects.toMatchObject({ code: 'authentication_failed' });
    await conjur.fail(new ConjurError('authentication_failed', 'no'));
    await outcome;
    expect(conjur.begun).toBe(2);
  });

  it('whose refresh fails by no error of the client is kept, and what is logged says so', async () => {
    const warnings: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: string, fields: unknown) => warnings.push(fields) };
    const { clock, conjur, get } = await cacheWithToken(480, logger);
    for (const error of [new TypeError('x is undefined'), 'no error at all']) {
      clock.move(301_000 - (warnings.length > 0 ? 295_000 : 0));
      await get();
      await conjur.fail(error);
    }
    expect(warnings).toEqual([
      { code: 'internal', reason: 'x is undefined' },
      { code: 'internal', reason: 'unknown' },
    ]);
  });

  it('fails the call at once whose login finds Conjur away: the login itself has tried for long', async () => {
    const { clock, conjur, get } = await cacheWithToken(480);
    clock.move(480_000);
    const outcome = expect(get()).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await conjur.fail(new ConjurError('upstream_unavailable', 'away'));
    await outcome;
    expect(conjur.begun).toBe(2);
  });

  it.each([
    ['a moment is left', 1, 3],
    ['none is', 0, 2],
  ])('is asked for again after a login that ran out of time where %s', async (_, leftMs, begun) => {
    const { cache, clock, conjur } = await cacheWithToken(480);
    clock.move(480_000);
    const code = leftMs === 0 ? 'deadline_exceeded' : 'authentication_failed';
    const outcome = expect(cache.get(new Deadline(clock, 20_000))).rejects.toMatchObject({ code });
    clock.move(20_000 - leftMs);
    await conjur.fail(new ConjurError('deadline_exceeded', 'time ran out'));
    expect(conjur.begun).toBe(begun);
    await conjur.fail(new ConjurError('authentication_failed', 'no'));
    await outcome;
  });

  it.each([
    ['a moment is left', 1, 3],
    ['none is', 0, 2],
  ])('is asked for again where it came too late to be sent and %s', async (_, leftMs, begun) => {
    const { cache, clock, conjur } = await cacheWithToken(480);
    clock.move(480_000);
    const code = leftMs === 0 ? 'deadline_exceeded' : 'authentication_failed';
    const outcome = expect(cache.get(new Deadline(clock, 500_000))).rejects.toMatchObject({ code });
    clock.move(500_000 - leftMs);
    await conjur.succeed(480);
    expect(conjur.begun).toBe(begun);
    await conjur.fail(new ConjurError('authentication_failed', 'no'));
    await outcome;
  });

  it('is given to who waited for it, though the server has refused it to another meanwhile', async () => {
    const clock = new FakeClock();
    const conjur = new PendingAuthentications();
    let authenticating: ReturnType<typeof conjur.authenticate> | undefined;
    const cache = new TokenCache({
      ...{ clock, random: () => 0, refreshIntervalMs: REFRESH_INTERVAL_MS, logger: silentLogger },
      authenticate(deadline) {
        authenticating = conjur.authenticate(deadline);
        return authenticating;
      },
    });
    const answer = cache.get(new Deadline(clock, 30_000));
    void authenticating?.then((token) => cache.invalidate(token));
    const token = await conjur.succeed(480);
    expect(await answer).toBe(token);
    expect(cache.getHeld()).toBeUndefined();
  });

  it('has no age before it is there, and speaks for nobody', () => {
    const cache = new TokenCache({
      ...{ authenticate: () => new Promise(() => undefined), clock: new FakeClock(), random: () => 0 },
      ...{ refreshIntervalMs: REFRESH_INTERVAL_MS, logger: silentLogger },
    });
    expect([cache.ageMs(), cache.login(), cache.idle(), cache.getHeld()]).toEqual(Array(4).fill(undefined));
  });

  it('tells its age and whom it speaks for', async () => {
    const { cache, clock } = await cacheWithToken(480);
    clock.move(1_234);
    expect(cache.ageMs()).toBe(1_234);
    expect(cache.login()).toBe('admin');
  });
});

describe('the interval that a token draws', () => {
  /** Life in seconds, what is drawn, and when a refresh is due, in milliseconds. */
  const DRAWS = [
    { life: 480, drawn: 0, dueMs: 300_000 },
    { life: 480, drawn: 0.2, dueMs: 291_000 },
    { life: 480, drawn: 0.5, dueMs: 277_500 },
    { life: 480, drawn: 0.8, dueMs: 264_000 },
    { life: 18_000, drawn: 1 - 2 ** -53, dueMs: 255_000 },
    // Its own life ends sooner than any interval.
    { life: 60, drawn: 0, dueMs: 51_000 },
    { life: 60, drawn: 0.9, dueMs: 51_000 },
    // Between the two: whichever comes first.
    { life: 330, drawn: 0, dueMs: 280_500 },
    { life: 330, drawn: 0.8, dueMs: 264_000 },
  ];

  it.each(DRAWS)('makes one of $life s due at $dueMs ms where $drawn is drawn', async ({ life, drawn, dueMs }) => {
    const { clock, conjur, get } = await cacheWithToken(life, silentLogger, undefined, () => drawn);
    clock.move(dueMs - 1);
    await get();
    expect(conjur.begun).toBe(1);
    clock.move(1);
    await get();
    expect(conjur.begun).toBe(2);
  });

  it('is drawn anew for each token', async () => {
    const draws = [0, 1, 0.5];
    const { clock, conjur, get } = await cacheWithToken(480, silentLogger, undefined, () => draws.shift() ?? 0);
    for (const dueMs of [300_000, 255_000, 277_500]) {
      const begun = conjur.begun;
      clock.move(dueMs - 1);
      await get();
      expect(conjur.begun).toBe(begun);
      clock.move(1);
      await get();
      await conjur.succeed(480);
      expect(conjur.begun).toBe(begun + 1);
    }
  });

  it('is from 85 to 100 % of the setting, all over that range, and never more', () => {
    const intervals = Array.from({ length: 10_000 }, () => drawDueAgeMs(18_000_000, REFRESH_INTERVAL_MS, Math.random));
    expect(Math.max(...intervals)).toBeLessThanOrEqual(REFRESH_INTERVAL_MS);
    expect(Math.min(...intervals)).toBeGreaterThanOrEqual(0.85 * REFRESH_INTERVAL_MS);
    const tenths = new Set(intervals.map((ms) => Math.floor((10 * (ms - 255_000)) / 45_001)));
    expect(tenths.size).toBe(10);
  });
});

it('a caller waits on a login and does not own it: short deadlines end the wait, and the login goes on for the next', async () => {
  const clock = new FakeClock();
  const limits: (readonly [ms: number, once: boolean])[] = [];
  const conjur = new PendingAuthentications();
  const cache = new TokenCache({
    authenticate: (deadline, { once }) => {
      limits.push([deadline.remainingMs(), once]);
      return conjur.authenticate(deadline);
    },
    clock,
    refreshIntervalMs: REFRESH_INTERVAL_MS,
    random: () => 0,
    logger: silentLogger,
  });
  for (let call = 0; call < 3; call += 1)
    await expect(cache.get(new Deadline(clock, 5))).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(limits).toEqual([[10_000, false]]);
  const token = await conjur.succeed(480);
  expect(await cache.get(new Deadline(clock, 5))).toBe(token);
  expect(conjur.begun).toBe(1);

  // A refresh, which nobody waits for, has a second and one attempt; a login has the time of a patient caller.
  clock.move(301_000);
  await cache.get(new Deadline(clock, 5));
  await conjur.fail(new ConjurError('upstream_unavailable', 'away'));
  clock.move(200_000);
  const patient = cache.get(new Deadline(clock, 30_000));
  await conjur.succeed(480);
  await patient;
  expect(limits.slice(1)).toEqual([
    [1_000, true],
    [30_000, false],
  ]);
});

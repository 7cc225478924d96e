import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import type { VariableDefinition } from '../../../../lib/secrets/variable-policy.ts';
import { VariableDefiner } from '../../../../lib/secrets/variable-policy.ts';
import { FakeClock } from '../fake-clock.ts';

const clock = new FakeClock();
const never = new Promise<void>(() => undefined);

function setUp(load: (names: string[]) => Promise<void> = async () => undefined, sleep = () => never) {
  const loads: string[][] = [];
  const definer = new VariableDefiner({
    branch: 'app',
    sleep,
    load: async (variables: readonly VariableDefinition[]) => {
      const names = variables.map(({ name }) => name);
      loads.push(names);
      await load(names);
    },
  });
  const define = (name: string, remainingMs = 10_000) => definer.define({ name }, new Deadline(clock, remainingMs));
  return { definer, define, loads };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
const unprocessable = new ConjurError('unprocessable', 'refused');

describe('defining variables', () => {
  it('takes one load for all that is asked for in one turn, each name once', async () => {
    const { define, loads } = setUp();
    await Promise.all(['app/a', 'app/b', 'app/a'].map((name) => define(name)));
    expect(loads).toEqual([['app/a', 'app/b']]);
  });

  it('waits for writes that may find theirs missing as well', async () => {
    const { definer, define, loads } = setUp();
    let answer = (): void => undefined;
    const write = definer.trackWrite(
      new Promise<void>((resolve) => {
        answer = resolve;
      }),
    );
    const first = define('app/a');
    await turn();
    expect(loads).toEqual([]);
    const second = write.then(() => define('app/b'));
    answer();
    await Promise.all([first, second]);
    expect(loads).toEqual([['app/a', 'app/b']]);
  });

  it('waits for a write that hangs no longer than 250 ms', async () => {
    const waits: number[] = [];
    const { definer, define, loads } = setUp(undefined, ((ms: number) => Promise.resolve(waits.push(ms))) as never);
    void definer.trackWrite(never);
    await define('app/a');
    expect([loads, waits]).toEqual([[['app/a']], [250]]);
  });

  it('is not held up by a write that failed', async () => {
    const { definer, define, loads } = setUp();
    const failed = definer.trackWrite(Promise.reject(new Error('no connection')));
    await expect(failed).rejects.toThrow('no connection');
    await define('app/a');
    expect(loads).toEqual([['app/a']]);
  });

  it('puts into the next load together what comes while one is under way', async () => {
    let release = (): void => undefined;
    const { define, loads } = setUp(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    const first = define('app/a');
    await turn();
    const others = [define('app/b'), define('app/c')];
    await turn();
    expect(loads).toEqual([['app/a']]);
    release();
    await first;
    await turn();
    release();
    await Promise.all(others);
    expect(loads).toEqual([['app/a'], ['app/b', 'app/c']]);
  });

  it('finds the one definition that Conjur refuses, and lets the others through', async () => {
    const { define } = setUp(async (names) => {
      if (names.includes('app/bad')) throw unprocessable;
    });
    const names = ['app/a', 'app/b', 'app/bad', 'app/c', 'app/d'];
    const outcomes = await Promise.allSettled(names.map((name) => define(name)));
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it.each([0, 1])('finds it of two as well: the one at %i', async (at) => {
    const { define } = setUp(async (names) => {
      if (names.includes('app/bad')) throw unprocessable;
    });
    const outcomes = await Promise.allSettled(['app/good', 'app/good'].with(at, 'app/bad').map((name) => define(name)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'].with(at, 'rejected'));
  });

  it('tells all who wait of a load that failed, and works again afterwards', async () => {
    let works = false;
    const { define, loads } = setUp(async () => {
      if (!works) throw new ConjurError('policy_conflict', 'locked');
    });
    const outcomes = await Promise.allSettled([define('app/a'), define('app/b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    works = true;
    await define('app/a');
    expect(loads).toHaveLength(2);
  });

  it('loads no more than 500 at once', async () => {
    const { define, loads } = setUp();
    await Promise.all(Array.from({ length: 501 }, (_, index) => define(`app/${index}`)));
    expect(loads.map(({ length }) => length)).toEqual([500, 1]);
  });

  it('keeps nobody waiting after his deadline, and loads for the others', async () => {
    const loading = Promise.withResolvers<void>();
    const loaded = Promise.withResolvers<void>();
    const { define } = setUp(() => {
      loading.resolve();
      return loaded.promise;
    });
    const patient = define('app/a');
    await loading.promise;
    await expect(define('app/b', 1)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    loaded.resolve();
    await patient;
  });

  it.each([
    [5_000, 9_000],
    [9_000, 5_000],
    [9_000, 9_000],
  ])('gives a load the time of whoever has most of it: %i or %i ms', async (...times) => {
    const left: number[] = [];
    const load = async (_: unknown, deadline: Deadline): Promise<void> => void left.push(deadline.remainingMs());
    const definer = new VariableDefiner({ branch: 'root', sleep: () => never, load });
    await Promise.all(times.map((ms) => definer.define({ name: `of ${ms}` }, new Deadline(clock, ms))));
    expect(left).toEqual([9_000]);
  });

  it('refuses a name outside the branch without a load', async () => {
    const { define, loads } = setUp();
    await expect(define('other/a')).rejects.toMatchObject({ code: 'invalid_request' });
    await turn();
    expect(loads).toEqual([]);
  });
});

describe('a policy load whose caller gave up', () => {
  it('goes on, and the definer is settled when it has ended', async () => {
    let end = (): void => undefined;
    const { definer, define, loads } = setUp(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    await expect(define('app/a', 1)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    let settled = false;
    const waiting = Promise.resolve(definer.idle()).then(() => {
      settled = true;
    });
    await turn();
    expect([loads, settled]).toEqual([[['app/a']], false]);
    end();
    await waiting;
    expect(settled).toBe(true);
    expect(definer.idle()).toBeUndefined();
  });
});

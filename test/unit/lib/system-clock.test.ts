import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSystemClock } from '../../../lib/clock.ts';
import { runNode } from '../../support/run-node.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe("the timers of a client's own clock", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function startTimers() {
    const clock = createSystemClock();
    const ended: string[] = [];
    const start = (name: string, ms: number) => clock.startTimer?.(() => ended.push(name), ms) ?? expect.unreachable();
    return { start, ended };
  }

  it.each([1, 99, 100, 101, 150, 199, 200, 10_000])('end after their %i ms, once, and not before', async (ms) => {
    const { start, ended } = startTimers();
    start('it', ms);
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(['it']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).toEqual(['it']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end after the time of each, whenever each was started', async () => {
    const { start, ended } = startTimers();
    start('third', 400);
    await vi.advanceTimersByTimeAsync(90);
    start('first', 250);
    await vi.advanceTimersByTimeAsync(90);
    start('second', 200);
    await vi.advanceTimersByTimeAsync(159);
    expect(ended).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toEqual(['first']);
    await vi.advanceTimersByTimeAsync(40);
    expect(ended).toEqual(['first', 'second']);
    await vi.advanceTimersByTimeAsync(20);
    expect(ended).toEqual(['first', 'second', 'third']);
  });

  it.each([0, 50, 100, 500])('never end where they are stopped after %i ms', async (ms) => {
    const { start, ended } = startTimers();
    const stop = start('it', 1_000);
    await vi.advanceTimersByTimeAsync(ms);
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ended).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end though another one was stopped', async () => {
    const { start, ended } = startTimers();
    const stop = start('stopped', 1_000);
    start('left', 1_000);
    stop();
    stop();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(ended).toEqual(['left']);
  });

  /** Runs `work`, and gives the timers of Node that were made meanwhile. */
  async function timersOfNode(work: (made: NodeJS.Timeout[]) => void | Promise<void>) {
    const made: NodeJS.Timeout[] = [];
    const fake = globalThis.setTimeout;
    const noting = (run: () => void, ms?: number) => {
      const timer = fake(run, ms);
      made.push(timer);
      return timer;
    };
    // A spy would stay in the place of the real timers, for the files that run next in this process too.
    globalThis.setTimeout = Object.assign(noting, fake);
    try {
      await work(made);
    } finally {
      globalThis.setTimeout = fake;
    }
    return made;
  }

  it('are few timers of Node, however many are started and stopped', async () => {
    const { start } = startTimers();
    const made = await timersOfNode(async () => {
      for (let call = 0; call < 150; call += 1) {
        const stop = start('it', 29_000 - call);
        await vi.advanceTimersByTimeAsync(1);
        stop();
      }
    });
    expect(made.length).toBeGreaterThan(0);
    expect(made.length).toBeLessThan(5);
  });

  it('have a timer of Node that holds the process only while one of them is not stopped', async () => {
    const { start } = startTimers();
    const held: (boolean | undefined)[] = [];
    await timersOfNode((made) => {
      const note = () => held.push(made[0]?.hasRef());
      const stops = [start('one', 5_000), start('two', 5_000)];
      note();
      for (const stop of stops) {
        stop();
        note();
      }
      start('three', 5_000);
      note();
    });
    expect(held).toEqual([true, true, false, true]);
  });
});

it('keep a process alive while one of them is not stopped, and no longer', async () => {
  const program = `
    import { createSystemClock } from './lib/clock.ts';
    const { startTimer } = createSystemClock();
    const held = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
    const start = () => startTimer(() => console.log('ended'), 300);
    const seen = [held()];
    const stop = start();
    const stopOther = start();
    seen.push(held());
    stop();
    seen.push(held());
    stopOther();
    seen.push(held());
    start();
    seen.push(held());
    console.log(seen.join());
  `;
  const { stdout } = await runNode(['--input-type=module', '-e', program], { cwd: ROOT });
  expect(stdout.trim().split('\n')).toEqual(['0,1,1,0,1', 'ended']);
});

import { describe, expect, it } from 'vitest';
import { createRandom, Timeline } from '../../../../infra/simulate/timeline.ts';

describe('a timeline', () => {
  it('lets things happen in their order, those of the same moment in the order in which they were planned', async () => {
    const timeline = new Timeline(0);
    const happened: string[] = [];
    const note = (what: string) => () => void happened.push(`${what} at ${timeline.now()}`);
    for (const [what, ms] of [
      ['third', 30],
      ['first', 10],
      ['second', 20],
      ['second too', 20],
    ] as const)
      timeline.plan(note(what), ms);
    await timeline.runUntil(25);
    expect(happened).toEqual(['first at 10', 'second at 20', 'second too at 20']);
    expect(timeline.now()).toBe(25);
    await timeline.runUntil(100);
    expect(happened.at(-1)).toBe('third at 30');
  });

  it('has all that a promise leads to done before the next event', async () => {
    const timeline = new Timeline(0);
    const happened: string[] = [];
    timeline.plan(() => {
      void (async () => {
        for (let turn = 0; turn < 50; turn += 1) await undefined;
        happened.push(`first at ${timeline.now()}`);
        await timeline.sleep(0);
        happened.push(`slept at ${timeline.now()}`);
      })();
    }, 10);
    timeline.plan(() => happened.push('second'), 11);
    await timeline.runUntil(20);
    expect(happened).toEqual(['first at 10', 'slept at 10', 'second']);
  });

  it('forgets a timer that was stopped', async () => {
    const timeline = new Timeline(0);
    let isRun = false;
    const stop = timeline.startTimer(() => {
      isRun = true;
    }, 5);
    stop();
    await timeline.runUntil(10);
    expect(isRun).toBe(false);
  });

  it('is in order after ten thousand events, some of which plan others', async () => {
    const timeline = new Timeline(0);
    const random = createRandom(7);
    let lastMs = 0;
    let happened = 0;
    const happen = (): void => {
      expect(timeline.now()).toBeGreaterThanOrEqual(lastMs);
      lastMs = timeline.now();
      happened += 1;
      if (happened <= 5_000) timeline.plan(happen, random() * 1_000);
    };
    for (let index = 0; index < 5_000; index += 1) timeline.plan(happen, random() * 1_000);
    await timeline.runUntil(100_000);
    expect(happened).toBe(10_000);
  });
});

it('random numbers are the same for the same seed, and uniform', () => {
  const draw = (seed: number): number[] => Array.from({ length: 10_000 }, createRandom(seed));
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  const mean = draw(3).reduce((sum, value) => sum + value, 0) / 10_000;
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.01);
  expect(Math.min(...draw(3))).toBeGreaterThanOrEqual(0);
  expect(Math.max(...draw(3))).toBeLessThan(1);
});

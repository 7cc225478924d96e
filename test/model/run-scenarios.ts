import { expect, it } from 'vitest';
import type { Result, Scenario } from './scenarios.ts';

const TIMEOUT_MS = 1_800_000;

const results = new Map<string, Result>();

/** A test for each scenario: it explores all of it, or fails with the schedule that breaks a rule. */
export function runScenarios(scenarios: Readonly<Record<string, Scenario>>): void {
  it.each(Object.entries(scenarios))('%s', { timeout: TIMEOUT_MS }, async (name, scenario) => {
    const result = await scenario();
    results.set(name, result);
    expect(result.schedules).toBeGreaterThan(1n);
  });
}

/** How much was explored. */
export function report(): void {
  const rows = [...results].map(
    ([name, { states, schedules, runs, excused }]) =>
      `${states} states, ${schedules} schedules, ${runs} runs of the code, ${excused} excused: ${name}`,
  );
  const states = [...results.values()].reduce((sum, result) => sum + result.states, 0);
  const schedules = [...results.values()].reduce((sum, result) => sum + result.schedules, 0n);
  console.log([...rows, `All in all ${states} states, which stand for ${schedules} schedules.`].join('\n'));
}

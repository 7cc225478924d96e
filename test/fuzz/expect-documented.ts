import { expect } from 'vitest';
import { fuzzEvents } from './fuzz-events.ts';
import type { Tally } from './tally.ts';

/** A seed that stays, so that a build does not fail by chance. */
const SEED = 20_260_301;

/**
 * Fuzzed events are answered with a documented code, never with `internal` (`judgeAnswer` throws then), and reach what lies behind
 * validation.
 */
export async function expectDocumented(events: number): Promise<{ byFunction: Tally; byWay: Tally }> {
  const { byFunction, byWay } = await fuzzEvents({ events, seed: SEED });
  expect(byFunction.count()).toBe(events);
  // The paths behind validation were reached too, each by more than a few.
  for (const code of [
    'ok',
    'secret_not_found',
    'forbidden',
    'access_mode_denied',
    'not_hosted',
    'delete_not_supported',
  ]) {
    expect(byFunction.count(code), code).toBeGreaterThan(events / 500);
  }
  return { byFunction, byWay };
}

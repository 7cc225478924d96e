import { describe, expect, it } from 'vitest';
import { Deadline } from '../../../lib/clock.ts';
import { isConjurError } from '../../../lib/errors.ts';
import type { AttemptReport } from '../../../lib/http/request.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { MovableClock } from './movable-clock.ts';
import { startClient } from './start-client.ts';

async function start(failRate: number) {
  const clock = new MovableClock();
  const attempts: AttemptReport[] = [];
  const ports = { clock, random: seededRandom(2), onAttempt: (report: AttemptReport) => attempts.push(report) };
  const { admin } = await startClient({ failRate, random: seededRandom(1) }, {}, ports);
  return { admin, clock, attempts };
}

const CALLS = 1_000;
const DEADLINE_MS = 30_000;

describe('a Conjur that fails in one of ten requests', () => {
  it(`gives ${CALLS} writes within their deadlines, by retries that are counted`, async () => {
    const { admin, clock, attempts } = await start(0.1);
    for (let i = 0; i < CALLS; i += 1) {
      const deadline = new Deadline(clock, DEADLINE_MS);
      await admin.writeSecret(`k/${i % 50}`, `value ${i}`, { deadline, reportVersion: false });
      expect(deadline.remainingMs()).toBeGreaterThan(0);
    }
    const { retries, faults } = countsOf(attempts);
    // A write that a look finds done is not sent again; the looks are the reads among the writes.
    const looks = attempts.filter(({ method, attempt }) => method === 'GET' && attempt === 1).length;
    expect(faults - retries).toBeGreaterThanOrEqual(0);
    expect(faults - retries).toBeLessThanOrEqual(looks);
  });

  it(`gives ${CALLS} reads within their deadlines, by retries that are counted`, async () => {
    const { admin, clock, attempts } = await start(0.1);
    for (let i = 0; i < 50; i += 1) await admin.writeSecret(`k/${i}`, `value ${i}`, { reportVersion: false });
    attempts.length = 0;
    for (let i = 0; i < CALLS; i += 1) {
      const deadline = new Deadline(clock, DEADLINE_MS);
      const { value } = await admin.readSecret(`k/${i % 50}`, { deadline });
      expect(value.expose()).toBe(`value ${i % 50}`);
      expect(deadline.remainingMs()).toBeGreaterThan(0);
    }
    const { retries, faults } = countsOf(attempts);
    expect(faults).toBe(retries);
    expect(attempts).toHaveLength(CALLS + retries);
  });
});

function countsOf(attempts: readonly AttemptReport[]): { retries: number; faults: number } {
  const retries = attempts.filter(({ attempt }) => attempt > 1).length;
  const faults = attempts.filter(({ status, fault }) => fault !== undefined || (status ?? 0) >= 500).length;
  expect(faults / attempts.length).toBeGreaterThan(0.07);
  expect(faults / attempts.length).toBeLessThan(0.13);
  process.stdout.write(`${CALLS} calls: ${attempts.length} requests, ${retries} of them retries\n`);
  return { retries, faults };
}

describe('a Conjur that fails always', () => {
  it.each([
    ['read', (conjur: Conjur, deadline: Deadline) => conjur.readSecret('k', { deadline })],
    ['write', (conjur: Conjur, deadline: Deadline) => conjur.writeSecret('k', 'v', { deadline })],
    ['list', (conjur: Conjur, deadline: Deadline) => conjur.listVariables({ deadline })],
    ['batch', (conjur: Conjur, deadline: Deadline) => conjur.readSecrets(['k', 'l'], { deadline })],
    ['policy load', (conjur: Conjur, deadline: Deadline) => conjur.loadPolicy('root', '- !variable v', { deadline })],
    ['rotation', (conjur: Conjur, deadline: Deadline) => conjur.rotateApiKey({ deadline })],
  ])('ends each %s in upstream_unavailable before its deadline', async (_, call) => {
    const { admin, clock } = await start(1);
    for (let i = 0; i < 20; i += 1) {
      const deadline = new Deadline(clock, DEADLINE_MS);
      const error = await call(admin, deadline).catch((caught: unknown) => caught);
      expect(isConjurError(error, 'upstream_unavailable')).toBe(true);
      expect(deadline.remainingMs()).toBeGreaterThan(0);
    }
  });
});

type Conjur = Awaited<ReturnType<typeof start>>['admin'];

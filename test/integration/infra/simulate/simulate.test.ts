import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SimulationOptions } from '../../../../infra/simulate/options.ts';
import type { OutageResult, SimulationResult } from '../../../../infra/simulate/record.ts';
import { runSimulation } from '../../../../infra/simulate/run-simulation.ts';
import { createScalePage, fillIn } from '../../../../infra/simulate/scale-page.ts';
import { runNode } from '../../../support/run-node.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const OUTAGE = { kind: 'refused', share: 1, fromS: 60, forS: 60, of: 'all' } as const;

async function simulateOutage(
  options: Partial<SimulationOptions>,
): Promise<SimulationResult & { outage: OutageResult }> {
  const result = await runSimulation({ containers: 100, durationS: 150, outage: OUTAGE, ...options });
  return result as SimulationResult & { outage: OutageResult };
}

describe('a fleet that was started within ten seconds', () => {
  const fleet = { containers: 300, callsPerS: 0.2, durationS: 660 };

  it('refreshes its tokens over 45 s and more with jitter, and in the same ten without', async () => {
    const refreshing = async (jitter: boolean) => {
      const { authentications, calls } = await runSimulation({ ...fleet, jitter });
      expect(calls.failed).toBe(0);
      return authentications.sinceFirstRefresh ?? expect.fail('nothing was refreshed');
    };
    const [within, without] = [await refreshing(true), await refreshing(false)];
    expect(within.fromS).toBeGreaterThanOrEqual(255);
    expect(without.fromS).toBeGreaterThanOrEqual(300);
    expect(without.peak).toBeGreaterThanOrEqual(fleet.containers / 15);
    expect(within.peak).toBeLessThanOrEqual(fleet.containers / 18);
    expect(within.peakOverMean).toBeLessThan(without.peakOverMean / 1.8);
  });

  it('has each token refreshed by 300 s, and by the next call', async () => {
    const { series } = await runSimulation({ ...fleet, durationS: 320 });
    const logins = series.authentications.reduce((sum, count) => sum + count, 0);
    expect(logins).toBeGreaterThanOrEqual(2 * fleet.containers);
    expect(series.authentications.slice(11, 255)).toEqual(new Array(244).fill(0));
  });

  it('does the same by the same seed, and else by another one', async () => {
    const small = { containers: 20, durationS: 320, outage: { ...OUTAGE, share: 0.5 } };
    const first = await runSimulation(small);
    expect(await runSimulation(small)).toEqual(first);
    expect((await runSimulation({ ...small, seed: 2 })).series).not.toEqual(first.series);
  });

  it('starts others in the place of containers whose life is over, each with a login of its own', async () => {
    const { authentications, calls } = await runSimulation({ containers: 50, containerLifeS: 30, durationS: 200 });
    expect(authentications.total).toBeGreaterThan(50 * 4);
    expect(calls.failed).toBe(0);
  });
});

describe('a Conjur that is away for a minute', () => {
  it('is asked less than 1.3 times for each call, and all is well within ten seconds of its return', async () => {
    const { outage } = await simulateOutage({});
    expect(outage.loadDuring / outage.loadBefore).toBeLessThanOrEqual(1.3);
    expect(outage.recoveryS).toBeLessThanOrEqual(10);
  });

  it('is well again within ten seconds also where every token has expired meanwhile', async () => {
    const { outage } = await simulateOutage({ tokenLifeS: 45, durationS: 210, outage: { ...OUTAGE, forS: 120 } });
    expect(outage.loadDuring).toBeLessThanOrEqual(1.3);
    expect(outage.recoveryS).toBeLessThanOrEqual(10);
  });

  it('is asked five times for each call without budget and circuits', async () => {
    const { outage } = await simulateOutage({ sparing: false });
    expect(outage.loadDuring).toBeGreaterThan(4.5);
  });

  it.each(['503', 'hanging', 'slow'] as const)('is spared also where it is %s', async (kind) => {
    const { outage } = await simulateOutage({ outage: { ...OUTAGE, kind } });
    expect(outage.loadDuring).toBeLessThanOrEqual(1.3);
    expect(outage.recoveryS).toBeLessThanOrEqual(10);
  });

  it.each([0.1, 0.5])('is not asked much more often where it fails %f of all requests', async (share) => {
    const { outage } = await simulateOutage({ outage: { ...OUTAGE, kind: '503', share } });
    expect(outage.loadDuring).toBeLessThanOrEqual(1.3);
    expect(outage.okDuring).toBeGreaterThan(share === 0.1 ? 0.999 : 0.5);
  });
});

describe('a fleet with followers', () => {
  it.each([
    { of: 'leader', followers: 1, kind: 'refused' },
    { of: 'first-follower', followers: 2, kind: 'refused' },
    { of: 'first-follower', followers: 2, kind: '503' },
    { of: 'first-follower', followers: 2, kind: 'hanging' },
    { of: 'followers', followers: 2, kind: '503' },
  ] as const)('loses no read with a live token where $of of $followers is $kind', async ({ of, followers, kind }) => {
    const result = await simulateOutage({ followers, outage: { ...OUTAGE, kind, of } });
    expect(result.outage.avoidableFailures).toBe(0);
    expect(result.calls.failed).toBe(0);
  });
});

it('policy loads, one at a time, hold up neither reads nor each other for long', async () => {
  const { calls } = await runSimulation({ containers: 50, writePercent: 20, policyPercent: 2, durationS: 120 });
  expect(calls.failed / calls.made).toBeLessThan(0.001);
  expect(calls.p50Ms).toBeLessThan(30);
});

describe('the command', () => {
  const command = 'infra/simulate/main.ts';

  it('prints JSON, and draws what happened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulate-'));
    const svg = join(folder, 'fleet.svg');
    const flags = [
      '--containers',
      '5',
      '--seconds',
      '30',
      '--outage-at',
      '10',
      '--outage-for',
      '5',
      '--json',
      '--svg',
      svg,
    ];
    const { status, stdout, stderr } = await runNode([command, ...flags], { cwd: root });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { series, options, outage } = JSON.parse(stdout) as SimulationResult;
    expect(series.calls).toHaveLength(30);
    expect(options.containers).toBe(5);
    expect(outage?.okDuring).toBe(0);
    const picture = readFileSync(svg, 'utf8');
    expect(picture).toMatch(/^<svg [\s\S]*<polyline [\s\S]*<\/svg>\n$/);
    expect(picture).not.toContain('NaN');
    rmSync(folder, { recursive: true });
  });

  it('prints the figures for people', async () => {
    const { stdout } = await runNode([command, '--containers', '5', '--seconds', '30'], { cwd: root });
    expect(stdout).toMatch(/^5 containers started within 10 s.*\n\nauthentications +5: mean 0\.17 a second, peak \d/);
  });

  it.each([
    [['--outage-at', '880'], 'ends after the simulation'],
    [['--outage-at', '1', '--outage-of', 'followers'], 'needs --followers'],
    [['--writes', '60', '--policy-loads', '60'], 'parts of 100 percent'],
  ])('refuses %j', async (flags, reason) => {
    const { status, stderr } = await runNode([command, ...flags], { cwd: root });
    expect(status).toBe(2);
    expect(stderr).toContain(reason);
  });
});

describe('docs/scale.md', () => {
  it('has a place for each table, and each picture beside it', async () => {
    const smaller = (options: Partial<SimulationOptions>): Promise<SimulationResult> =>
      runSimulation({ ...options, containers: Math.min(4, options.containers ?? 4), callsPerS: 0.2 });
    const { tables, pictures } = await createScalePage(smaller);
    const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
    const filled = fillIn(page, tables);
    for (const table of Object.values(tables)) expect(filled).toContain(table);
    expect(filled).not.toMatch(/NaN|undefined|Infinity/);
    // What stands there has the rows that the command writes.
    const rowsOf = (text: string): number => text.split('\n').filter((line) => line.startsWith('|')).length;
    expect(rowsOf(page)).toBe(rowsOf(filled));
    for (const name of Object.keys(pictures)) {
      expect(page).toContain(`(${name})`);
      expect(existsSync(join(root, 'docs', name))).toBe(true);
    }
  });
});

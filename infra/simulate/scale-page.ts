import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawPanels } from './draw-panels.ts';
import type { SimulationOptions } from './options.ts';
import type { OutageResult, Pace, SimulationResult } from './record.ts';
import { count } from './report.ts';
import { runSimulation } from './run-simulation.ts';
import { SERVICE_MS } from './simulated-conjur.ts';

const FLEETS = [10, 100, 1_000, 10_000] as const;
/** Calls a second of a whole fleet, at most: what a Conjur of 32 workers answers with room to spare. */
const MOST_CALLS_PER_S = 1_000;
/** Of one worker: the most calls a second at which 99 of 100 end within this time. Milliseconds. */
const BEARABLE_P99_MS = 100;
const OUTAGE = { kind: 'refused', share: 1, fromS: 120, forS: 60, of: 'all' } as const;

export type Simulate = (options: Partial<SimulationOptions>) => Promise<SimulationResult>;

/** What stands in docs/scale.md and is written by a command: its tables by their names, and its pictures by their files. */
export interface ScalePage {
  readonly tables: Readonly<Record<string, string>>;
  readonly pictures: Readonly<Record<string, string>>;
}

/** Writes the fleets of docs/scale.md into it, and its pictures beside it. @param onProgress told of what begins */
export async function writeScalePage(path: string, onProgress: (what: string) => void): Promise<void> {
  const page = readFileSync(path, 'utf8');
  // What is not to be filled in is told before minutes have passed.
  fillIn(page, { refresh: '', outage: '', illness: '', worker: '', start: '' });
  const { tables, pictures } = await createScalePage((options) => {
    onProgress(`simulating ${JSON.stringify(options)}`);
    return runSimulation(options);
  });
  writeFileSync(path, fillIn(page, tables));
  for (const [name, picture] of Object.entries(pictures)) writeFileSync(join(dirname(path), name), picture);
}

/**
 * Puts tables into a document, each between the two comments that mark its place.
 * @throws Error where the document has no such place
 */
export function fillIn(document: string, tables: ScalePage['tables']): string {
  return Object.entries(tables).reduce((page, [name, table]) => {
    const begin = `<!-- simulated: ${name} -->\n`;
    const end = '<!-- end of simulated -->';
    const from = page.indexOf(begin);
    const to = page.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`The document has no "${begin.trim()}" … "${end}".`);
    return `${page.slice(0, from)}${begin}\n${table}\n\n${page.slice(to)}`;
  }, document);
}

export async function createScalePage(simulate: Simulate): Promise<ScalePage> {
  const refresh = await simulatePairs(simulate, { durationS: 660 }, 'jitter');
  const outage = await simulatePairs(simulate, { durationS: 240, outage: OUTAGE }, 'sparing');
  return {
    tables: {
      refresh: toRefreshTable(refresh),
      outage: toOutageTable(outage),
      illness: await toIllnessTable(simulate),
      worker: await toWorkerTable(simulate),
      start: await toStartTable(simulate),
    },
    pictures: { 'scale-refresh.svg': drawRefresh(refresh), 'scale-outage.svg': drawOutage(outage) },
  };
}

/** A fleet as it is, and without one of its parts. */
interface Pair {
  readonly without: SimulationResult;
  readonly with: SimulationResult;
}

async function simulatePairs(
  simulate: Simulate,
  options: Partial<SimulationOptions>,
  part: 'jitter' | 'sparing',
): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (const containers of FLEETS) {
    const fleet = { ...options, containers, callsPerS: Math.min(1, MOST_CALLS_PER_S / containers) };
    pairs.push({ without: await simulate({ ...fleet, [part]: false }), with: await simulate(fleet) });
  }
  return pairs;
}

function toRefreshTable(pairs: readonly Pair[]): string {
  const paceOf = ({ authentications }: SimulationResult): Pace => authentications.sinceFirstRefresh as Pace;
  return toTable(
    [
      'containers',
      'calls a second of each',
      'logins a second, mean',
      'peak without jitter',
      'peak with',
      'peak ÷ mean without',
      'with',
    ],
    pairs.map((pair) => {
      const [without, within] = [paceOf(pair.without), paceOf(pair.with)];
      const { containers, callsPerS } = pair.with.options;
      return [
        count(containers),
        String(callsPerS),
        within.mean.toFixed(2),
        String(without.peak),
        String(within.peak),
        without.peakOverMean.toFixed(1),
        within.peakOverMean.toFixed(1),
      ];
    }),
  );
}

function toOutageTable(pairs: readonly Pair[]): string {
  const of = ({ outage }: SimulationResult): OutageResult => outage as OutageResult;
  return toTable(
    [
      'containers',
      'calls a second of each',
      'requests ÷ calls without budget and circuits',
      'with',
      'worst second without',
      'with',
      'seconds to recover without',
      'with',
    ],
    pairs.map((pair) => {
      const [without, within] = [of(pair.without), of(pair.with)];
      return [
        count(pair.with.options.containers),
        String(pair.with.options.callsPerS),
        without.loadDuring.toFixed(2),
        within.loadDuring.toFixed(2),
        without.loadWorstSecond.toFixed(2),
        within.loadWorstSecond.toFixed(2),
        without.recoveryS.toFixed(1),
        within.recoveryS.toFixed(1),
      ];
    }),
  );
}

/** How servers may be ill, in words, and as the simulation takes it. */
const ILLNESSES: readonly (readonly [string, Pick<SimulationOptions, 'followers' | 'outage'>])[] = [
  ['Conjur refuses connections for 5 minutes', { followers: 0, outage: { ...OUTAGE, forS: 300 } }],
  ['a load balancer answers 503 for a minute', { followers: 0, outage: { ...OUTAGE, kind: '503' } }],
  ['Conjur answers nothing for a minute', { followers: 0, outage: { ...OUTAGE, kind: 'hanging' } }],
  ['half of all requests are answered 503', { followers: 0, outage: { ...OUTAGE, kind: '503', share: 0.5 } }],
  ['one request in ten is answered 503', { followers: 0, outage: { ...OUTAGE, kind: '503', share: 0.1 } }],
  ['the leader refuses connections, one follower is well', { followers: 1, outage: { ...OUTAGE, of: 'leader' } }],
  [
    'the first of two followers answers 503',
    { followers: 2, outage: { ...OUTAGE, kind: '503', of: 'first-follower' } },
  ],
  [
    'the first of two followers answers nothing',
    { followers: 2, outage: { ...OUTAGE, kind: 'hanging', of: 'first-follower' } },
  ],
];

async function toIllnessTable(simulate: Simulate): Promise<string> {
  const rows: string[][] = [];
  for (const [name, illness] of ILLNESSES) {
    const durationS = OUTAGE.fromS + (illness.outage?.forS ?? 0) + 60;
    const result = await simulate({ containers: 200, durationS, ...illness });
    const { loadDuring, okDuring, recoveryS, avoidableFailures } = result.outage as OutageResult;
    rows.push([
      name,
      loadDuring.toFixed(2),
      `${(100 * okDuring).toFixed(1)} %`,
      recoveryS.toFixed(1),
      illness.followers === 0 ? '' : String(avoidableFailures),
    ]);
  }
  return toTable(
    [
      '200 containers, each called once a second',
      'requests ÷ calls',
      'calls that ended well',
      'seconds to recover',
      'reads lost with a live token and a server that was well',
    ],
    rows,
  );
}

async function toWorkerTable(simulate: Simulate): Promise<string> {
  const rows: string[][] = [];
  let carried = 0;
  for (const containers of [10, 20, 30, 40, 45, 50, 55, 60, 65, 70]) {
    const { calls } = await simulate({ containers, workers: 1, durationS: 600 });
    if (calls.p99Ms <= BEARABLE_P99_MS) carried = containers;
    rows.push([String(containers), calls.p50Ms.toFixed(0), calls.p99Ms.toFixed(0), count(calls.failed)]);
  }
  const perContainer = [10, 1, 0.1, 1 / 60].map((rate) => [toRate(rate), count(carryAt(rate, carried))]);
  return [
    toTable(['calls a second at one worker', 'p50, ms', 'p99, ms', 'failed'], rows),
    `One worker carries ${carried} requests a second with a p99 of at most ${BEARABLE_P99_MS} ms. In containers, their logins included:`,
    toTable(['each container is called', 'containers for each worker'], perContainer),
  ].join('\n\n');
}

/** A container logs in once in 277.5 s, the mean of what tokens draw; one that is called less often, with each call. */
function carryAt(callsPerS: number, requestsPerS: number): number {
  return Math.floor(requestsPerS / (callsPerS + Math.min(callsPerS, 1 / 277.5)));
}

function toRate(callsPerS: number): string {
  if (callsPerS >= 1) return callsPerS === 1 ? 'once a second' : `${callsPerS} times a second`;
  return `once in ${Math.round(1 / callsPerS)} s`;
}

/** How a fleet starts within ten seconds: each container logs in, and has its first call. */
const START_S = 10;

async function toStartTable(simulate: Simulate): Promise<string> {
  const rows: string[][] = [];
  for (const containers of [100, 1_000, 10_000]) {
    for (const workers of [2, 8, 32]) {
      const { authentications, calls } = await simulate({
        containers,
        workers,
        burstS: START_S,
        callsPerS: 0.01,
        durationS: 30,
      });
      const workMs = (containers / START_S) * (meanOf(SERVICE_MS.authenticate) + meanOf(SERVICE_MS.read));
      rows.push([
        count(containers),
        String(workers),
        String(authentications.peak),
        `${Math.round((100 * workMs) / (1_000 * workers))} %`,
        calls.p99Ms.toFixed(0),
        count(calls.failed),
      ]);
    }
  }
  return toTable(
    [
      'containers started in 10 s',
      'workers',
      'logins in the worst second',
      'of what the workers can',
      'first call, p99, ms',
      'failed',
    ],
    rows,
  );
}

function drawRefresh(pairs: readonly Pair[]): string {
  return drawPanels(
    'Logins a second of a fleet that was started within 10 s',
    pairs.map((pair) => ({
      title: `${count(pair.with.options.containers)} containers`,
      lines: [
        { name: 'all refresh at 300 s', tone: 'bad', values: pair.without.series.authentications },
        { name: 'each draws 255 to 300 s', tone: 'good', values: pair.with.series.authentications },
      ],
    })),
  );
}

function drawOutage(pairs: readonly Pair[]): string {
  return drawPanels(
    'Requests a second at a Conjur that is away for a minute',
    pairs.map((pair) => ({
      title: `${count(pair.with.options.containers)} containers, each called ${pair.with.options.callsPerS} times a second`,
      lines: [
        { name: 'every call tries five times', tone: 'bad', values: pair.without.series.requests },
        { name: 'with budget and circuits', tone: 'good', values: pair.with.series.requests },
      ],
      shade: { fromS: OUTAGE.fromS, toS: OUTAGE.fromS + OUTAGE.forS },
    })),
  );
}

function meanOf([least, most]: readonly [number, number]): number {
  return (least + most) / 2;
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

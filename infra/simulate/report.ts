import { drawPanels } from './draw-panels.ts';
import type { SimulationOptions } from './options.ts';
import type { OutageResult, Pace, SimulationResult } from './record.ts';

/** The result as text, a figure a line. */
export function formatSimulation({
  options,
  calls,
  authentications,
  load,
  heldBack,
  outage,
}: SimulationResult): string {
  const since = authentications.sinceFirstRefresh;
  const rows: [string, string][] = [
    ['authentications', `${count(authentications.total)}: ${formatPace(authentications)}`],
    ['  since a first refresh', since === undefined ? 'none' : `from ${since.fromS} s: ${formatPace(since)}`],
    ['calls', `${count(calls.made)}, of which ${count(calls.failed)} failed`],
    ['  duration', `p50 ${calls.p50Ms.toFixed(1)} ms, p99 ${calls.p99Ms.toFixed(1)} ms`],
    ['load', `${load.toFixed(3)} requests at Conjur for each call`],
    ['held back', `${count(heldBack.circuit)} by a circuit, ${count(heldBack.retryBudget)} by the retry budget`],
    ...(outage === undefined ? [] : formatOutage(outage)),
  ];
  return [describe(options), '', ...rows.map(([name, value]) => `${name.padEnd(24)}${value}`)].join('\n');
}

function describe(options: SimulationOptions): string {
  const { containers, burstS, callsPerS, durationS, workers, followers, outage } = options;
  const without = [...(options.jitter ? [] : ['jitter']), ...(options.sparing ? [] : ['retry budget and circuits'])];
  return [
    `${count(containers)} containers started within ${burstS} s, each called ${callsPerS} times a second for ${durationS} s`,
    `a Conjur of ${workers} workers${followers === 0 ? '' : ` and ${followers} followers of as many`}`,
    ...(outage === undefined
      ? []
      : [`${outage.of} ${outage.kind} (${100 * outage.share} %) for ${outage.forS} s from ${outage.fromS} s`]),
    `seed ${options.seed}${without.length === 0 ? '' : `, without ${without.join(', ')}`}`,
  ].join('; ');
}

function formatOutage(outage: OutageResult): [string, string][] {
  const { loadBefore, loadDuring, loadWorstSecond, okDuring, recoveryS, avoidableFailures } = outage;
  return [
    ['outage', `${(100 * okDuring).toFixed(1)} % of its calls ended well`],
    [
      '  load',
      `${loadDuring.toFixed(2)} (worst second ${loadWorstSecond.toFixed(2)}), before ${loadBefore.toFixed(2)}`,
    ],
    ['  during ÷ before', (loadDuring / loadBefore).toFixed(2)],
    ['  time to recover', `${recoveryS.toFixed(1)} s`],
    ['  avoidable failures', `${count(avoidableFailures)} reads with a live token and a server that was well`],
  ];
}

export function formatPace({ mean, peak, peakOverMean }: Pace): string {
  return `mean ${mean.toFixed(2)} a second, peak ${peak}, peak ÷ mean ${peakOverMean.toFixed(1)}`;
}

/** `1,000` */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** What happened in each second: calls, requests at the servers, authentications. */
export function drawSimulation({ options, series }: SimulationResult): string {
  const { outage } = options;
  const shade = outage && { fromS: outage.fromS, toS: outage.fromS + outage.forS };
  return drawPanels(`${count(options.containers)} containers, each called ${options.callsPerS} times a second`, [
    {
      title: 'Calls a second',
      lines: [
        { name: 'ended well', tone: 'good', values: series.ok },
        { name: 'failed', tone: 'bad', values: series.failed },
      ],
      shade,
    },
    {
      title: 'Requests at Conjur a second',
      lines: [
        { name: 'calls that were made', tone: 'plain', values: series.calls },
        { name: 'requests', tone: 'good', values: series.requests },
      ],
      shade,
    },
    {
      title: 'Of these, authentications',
      lines: [{ name: 'authentications', tone: 'good', values: series.authentications }],
      shade,
    },
  ]);
}

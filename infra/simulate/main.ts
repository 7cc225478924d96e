import { dirname } from 'node:path';
import { number, oneOf, text, toggle, UsageError } from '../cli/flags.ts';
import { showProgress } from '../cli/progress.ts';
import { runCommand } from '../cli/run-command.ts';
import { DEFAULTS, ILL, type SimulationOptions, TROUBLE_KINDS } from './options.ts';

await runCommand({
  start: 'npm run simulate',
  summary:
    "Simulates a fleet of containers at a Conjur, second by second, with the client's own session token, retries, budget and circuits.",
  flags: {
    containers: number('N', 'containers that run at once (default 1000)', {
      ...{ min: 1, max: 20_000, byDefault: DEFAULTS.containers },
    }),
    burst: number('S', 'seconds within which they start (default 10)', {
      ...{ min: 0, max: 3_600, fractions: true, byDefault: DEFAULTS.burstS },
    }),
    rate: number('N', 'calls a second of each container (default 1)', {
      ...{ min: 0.0001, max: 1_000, fractions: true, byDefault: DEFAULTS.callsPerS },
    }),
    writes: number('PERCENT', 'of the calls that write a value (default 0)', { min: 0, max: 100, byDefault: 0 }),
    'policy-loads': number('PERCENT', 'of the calls that load a policy (default 0)', {
      min: 0,
      max: 100,
      byDefault: 0,
    }),
    life: number('S', 'seconds that a container lives, half to one and a half of it (default 0: to the end)', {
      ...{ min: 0, max: 86_400, byDefault: DEFAULTS.containerLifeS },
    }),
    workers: number('N', 'requests that Conjur, or a follower, works on at once (default 32)', {
      ...{ min: 1, max: 10_000, byDefault: DEFAULTS.workers },
    }),
    followers: number('N', 'followers, asked in order before the leader (default 0)', {
      min: 0,
      max: 20,
      byDefault: 0,
    }),
    'token-life': number('S', 'seconds that a session token lives (default 480)', {
      ...{ min: 1, max: 18_000, byDefault: DEFAULTS.tokenLifeS },
    }),
    refresh: number('S', 'CYBERARK_REFRESH_INTERVAL (default 300)', {
      ...{ min: 1, max: 18_000, byDefault: DEFAULTS.refreshS },
    }),
    seconds: number('N', 'how long (default 900)', { min: 1, max: 86_400, byDefault: DEFAULTS.durationS }),
    'outage-at': number('S', 'when servers fall ill (default: never)', { min: 0, max: 86_400 }),
    'outage-for': number('S', 'for how long (default 60)', { min: 1, max: 86_400, byDefault: 60 }),
    'outage-kind': oneOf(TROUBLE_KINDS, 'how (default refused)', 'refused'),
    'outage-share': number('PERCENT', 'of the requests that meet it: less than 100 is a brown-out (default 100)', {
      ...{ min: 1, max: 100, byDefault: 100 },
    }),
    'outage-of': oneOf(ILL, 'of which servers (default all)', 'all'),
    'no-jitter': toggle('each token has the whole refresh interval'),
    'no-budget': toggle('retries without a budget, servers without a circuit'),
    seed: number('N', 'the same seed gives the same result (default 1)', {
      ...{ min: 0, max: 2 ** 31, byDefault: DEFAULTS.seed },
    }),
    json: toggle('print JSON, with what happened in each second'),
    svg: text('FILE', 'draw what happened in each second'),
    docs: text('FILE', 'put the fleets of docs/scale.md into it, and its pictures beside it; takes minutes'),
  },
  notes: `The work of Conjur takes as long as was measured at a genuine one: a login 14 to 17 ms, a read 12 to 18, a write 16 to 21, a
policy load 66 to 115, one at a time.

  npm run simulate -- --containers 1000 --burst 10 --rate 1
  npm run simulate -- --outage-at 120 --outage-for 60 --seconds 300 --svg outage.svg`,
  run: async ({ json, svg, docs, ...flags }) => {
    if (docs !== undefined) {
      const { writeScalePage } = await import('./scale-page.ts');
      return writeScalePage(docs, (what) => process.stderr.write(`${what} …\n`));
    }
    const { mkdirSync, writeFileSync } = await import('node:fs');
    const { runSimulation } = await import('./run-simulation.ts');
    const { drawSimulation, formatSimulation } = await import('./report.ts');
    const result = await showProgress('simulating', runSimulation(toOptions(flags)));
    if (svg !== undefined) {
      mkdirSync(dirname(svg), { recursive: true });
      writeFileSync(svg, drawSimulation(result));
    }
    console.log(json ? JSON.stringify(result, null, 2) : formatSimulation(result));
    return 0;
  },
});

interface Flags {
  readonly containers: number;
  readonly burst: number;
  readonly rate: number;
  readonly writes: number;
  readonly 'policy-loads': number;
  readonly life: number;
  readonly workers: number;
  readonly followers: number;
  readonly 'token-life': number;
  readonly refresh: number;
  readonly seconds: number;
  readonly 'outage-at': number | undefined;
  readonly 'outage-for': number;
  readonly 'outage-kind': (typeof TROUBLE_KINDS)[number];
  readonly 'outage-share': number;
  readonly 'outage-of': (typeof ILL)[number];
  readonly 'no-jitter': boolean;
  readonly 'no-budget': boolean;
  readonly seed: number;
}

/** @throws UsageError where they do not go together */
function toOptions(flags: Flags): SimulationOptions {
  if (flags.writes + flags['policy-loads'] > 100)
    throw new UsageError('--writes and --policy-loads are parts of 100 percent.');
  return {
    containers: flags.containers,
    burstS: flags.burst,
    callsPerS: flags.rate,
    writePercent: flags.writes,
    policyPercent: flags['policy-loads'],
    containerLifeS: flags.life,
    workers: flags.workers,
    followers: flags.followers,
    tokenLifeS: flags['token-life'],
    refreshS: flags.refresh,
    durationS: flags.seconds,
    outage: toOutage(flags),
    jitter: !flags['no-jitter'],
    sparing: !flags['no-budget'],
    seed: flags.seed,
  };
}

function toOutage(flags: Flags): SimulationOptions['outage'] {
  const { 'outage-at': fromS, 'outage-for': forS, 'outage-of': of, followers, seconds } = flags;
  if (fromS === undefined) return undefined;
  if (fromS + forS > seconds)
    throw new UsageError(`The outage ends after the simulation: --seconds ${fromS + forS} or more.`);
  if (of.includes('follower') && followers === 0) throw new UsageError(`--outage-of ${of} needs --followers.`);
  return { kind: flags['outage-kind'], share: flags['outage-share'] / 100, fromS, forS, of };
}

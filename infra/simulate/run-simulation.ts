import { sharedDispatcher } from '../../lib/http/dispatchers.ts';
import { toSettings } from '../../lib/settings.ts';
import { DEFAULTS, type SimulationOptions, type Trouble } from './options.ts';
import { SimulationRecord, type SimulationResult } from './record.ts';
import { createSimulatedNetwork, SimulatedServer } from './simulated-conjur.ts';
import { type CallKind, createSimulatedContainer, type SimulatedContainer } from './simulated-container.ts';
import { createRandom, Timeline } from './timeline.ts';

const LEADER = 'http://conjur.test';

/** Simulates a fleet of containers at a Conjur. The same options give the same result. */
export async function runSimulation(given: Partial<SimulationOptions> = {}): Promise<SimulationResult> {
  const options = { ...DEFAULTS, ...given };
  const timeline = new Timeline();
  const startMs = timeline.now();
  const random = createRandom(options.seed);
  const record = new SimulationRecord(options, () => timeline.now() - startMs);
  const followers = Array.from({ length: options.followers }, (_, index) => `http://follower-${index + 1}.test`);
  const servers = new Map(
    [LEADER, ...followers].map((origin) => {
      const { workers, tokenLifeS } = options;
      const server = new SimulatedServer({ timeline, random, workers, tokenLifeS, onRequest: record.request });
      return [origin, server] as const;
    }),
  );
  const settings = toSettings({
    baseUrl: LEADER,
    readBaseUrls: followers,
    auth: { type: 'api-key', login: 'host/fleet', apiKey: 'key' },
    refreshIntervalMs: options.refreshS * 1000,
  });
  const create = (): SimulatedContainer =>
    createSimulatedContainer({
      settings,
      clock: timeline,
      dispatchers: sharedDispatcher(createSimulatedNetwork(servers)),
      random,
      jitter: options.jitter,
      sparing: options.sparing,
      onRefresh: record.refresh,
      onHeldBack: record.heldBack,
    });
  const oneStaysWell = planOutage(options, timeline, [...servers.values()]);
  planFleet({ options, timeline, random, create, record, oneStaysWell });
  await timeline.runUntil(startMs + options.durationS * 1000);
  return record.toResult();
}

/** @returns whether one of the servers, which all answer reads, is never ill */
function planOutage({ outage }: SimulationOptions, timeline: Timeline, all: readonly SimulatedServer[]): boolean {
  if (outage === undefined) return true;
  const { kind, share, fromS, forS, of } = outage;
  const [leader, ...followers] = all;
  const ill = { all, leader: [leader as SimulatedServer], followers, 'first-follower': followers.slice(0, 1) }[of];
  const set = (trouble: Trouble | undefined): void => {
    for (const server of ill) server.trouble = trouble;
  };
  timeline.plan(() => set({ kind, share }), fromS * 1000);
  timeline.plan(() => set(undefined), (fromS + forS) * 1000);
  return ill.length < all.length;
}

interface Fleet {
  readonly options: SimulationOptions;
  readonly timeline: Timeline;
  readonly random: () => number;
  readonly create: () => SimulatedContainer;
  readonly record: SimulationRecord;
  readonly oneStaysWell: boolean;
}

/** Each container starts, logs in, and is called at an even pace; calls of one that is slow overlap. */
function planFleet({ options, timeline, random, create, record, oneStaysWell }: Fleet): void {
  const periodMs = 1000 / options.callsPerS;
  const drawKind = (): CallKind => {
    const drawn = 100 * random();
    if (drawn < options.policyPercent) return 'policy load';
    return drawn < options.policyPercent + options.writePercent ? 'write' : 'read';
  };

  async function call(container: SimulatedContainer): Promise<void> {
    const end = record.begin();
    const kind = drawKind();
    const tokenLivesMs = options.tokenLifeS * 1000 - (container.tokenAgeMs() ?? Number.POSITIVE_INFINITY);
    const fault = await container.call(kind).then(
      () => undefined,
      (error: unknown) => error,
    );
    const couldBeAnswered = (tookMs: number): boolean => kind === 'read' && tookMs < tokenLivesMs && oneStaysWell;
    end(fault === undefined, couldBeAnswered);
  }

  async function start(): Promise<void> {
    let container = create();
    await container.warmUp();
    let diesMs = drawEnd();
    const next = (): void => {
      if (timeline.now() >= diesMs) {
        container = create();
        diesMs = drawEnd();
        const started = container;
        void started.warmUp().then(() => call(started));
      } else void call(container);
      timeline.plan(next, periodMs);
    };
    next();
  }

  function drawEnd(): number {
    if (options.containerLifeS === 0) return Number.POSITIVE_INFINITY;
    return timeline.now() + options.containerLifeS * 1000 * (0.5 + random());
  }

  for (let index = 0; index < options.containers; index += 1)
    timeline.plan(() => void start(), random() * options.burstS * 1000);
}

import type { Context } from 'aws-lambda';
import type { Container } from '../../../functions/runtime/container.ts';
import { createLogger } from '../../../functions/runtime/log.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import type { Clock } from '../../../lib/clock.ts';
import { Deadline } from '../../../lib/clock.ts';
import { isConjurError } from '../../../lib/errors.ts';
import type { AttemptReport } from '../../../lib/http/request.ts';
import { settingsFor } from '../../support/settings.ts';
import { createFaultProxy, type FaultProxy } from '../fault-proxy/create-fault-proxy.ts';
import type { Fault } from '../fault-proxy/fault.ts';
import { type FaultWorld, hastyDelay } from './fault-world.ts';
import { functionsOf } from './functions-of.ts';
import type { Operation } from './operations.ts';

/** `once`: the first attempt meets the fault, and then all is well. `always`: every attempt does. */
export type Extent = 'once' | 'always';

export interface Cell {
  readonly fault: Fault;
  readonly operation: Operation;
  readonly extent: Extent;
  /** Milliseconds that the invocation has. */
  readonly remainingMs: number;
}

export interface CellResult {
  /** `ok`, `ok after retry`, `partly: <code>`, or the code of the error. */
  readonly outcome: string;
  readonly elapsedMs: number;
  /** All that was logged, reported and thrown: where secrets are looked for. */
  readonly evidence: readonly unknown[];
  /** What each is, by its value. */
  readonly secrets: ReadonlyMap<string, string>;
}

/** Per attempt. Long, so that a busy machine makes no faults of its own. */
export const TIMEOUT_MS = 2_500;

/** Does an operation through a proxy that has the fault, and looks afterwards at what is stored. */
export async function runCell(world: FaultWorld, cell: Cell): Promise<CellResult> {
  const proxy = await createFaultProxy({ target: world.target, tls: world.tls });
  const attempts: AttemptReport[] = [];
  const lines: string[] = [];
  let healing: Promise<void> | undefined;
  const clock: Clock = {
    now: Date.now,
    async sleep(ms) {
      await healing;
      await hastyDelay(ms);
    },
  };
  const settings = settingsFor(
    { url: proxy.url, adminApiKey: world.adminApiKey },
    {
      CYBERARK_CA_CERT: world.ca,
      CYBERARK_CLIENT_CERT: world.client.cert,
      CYBERARK_CLIENT_KEY: world.client.key,
      CYBERARK_AUTHN: 'api-key',
      CYBERARK_TIMEOUT_MS: String(TIMEOUT_MS),
      CYBERARK_MAX_ATTEMPTS: '4',
    },
  );
  const logger = createLogger((line) => lines.push(line), clock.now);
  const client = createConjurClient(settings, {
    clock,
    logger,
    onAttempt(report) {
      attempts.push(report);
      // What is done to the port is undone once it was met.
      if (cell.extent === 'once' && cell.fault.apply === undefined && report.fault !== undefined)
        healing ??= proxy.setFault(undefined);
    },
  });
  try {
    const trial = await cell.operation.prepare(world);
    if (isSessionWarm(cell)) await client.authenticate();
    attempts.length = 0;
    await proxy.setFault(cell.fault, toChoice(cell));
    const startedMs = Date.now();
    const container: Container = {
      settings,
      conjur: client,
      clock,
      logger,
      observed: {},
      countAttempts: () => 0,
      takeAttempts: () => [],
      takeHeldBack: () => [],
      takeRefreshFailure: () => undefined,
    };
    const result = await attempt(() => trial.run(createActor(container, client, clock, cell.remainingMs)));
    const elapsedMs = Date.now() - startedMs;
    await client.idle();
    await trial.check(world, 'done' in result && result.done.length === 0);
    const outcome = toOutcome(result, attempts);
    return {
      outcome,
      elapsedMs,
      evidence: [lines, attempts, result, settings],
      secrets: new Map([...trial.secrets.map((secret) => [secret, 'value'] as const), ...world.secrets]),
    };
  } finally {
    await end(client, proxy);
  }
}

/** A fault of tokens is met by whoever has to get one. */
function isSessionWarm({ fault, operation }: Cell): boolean {
  return operation.warm && !fault.name.startsWith('token-');
}

function toChoice({ fault, operation, extent }: Cell): { match: (line: string) => boolean; times?: number } {
  const match = fault.name.startsWith('token-')
    ? (line: string) => line.includes('/authenticate ')
    : operation.isFaulted;
  return extent === 'once' ? { match, times: 1 } : { match };
}

function createActor(container: Container, client: ConjurClient, clock: Clock, remainingMs: number) {
  const endsAtMs = clock.now() + remainingMs;
  const context = { getRemainingTimeInMillis: () => endsAtMs - clock.now() } as Context;
  const functions = functionsOf(container);
  return {
    invoke: (name: keyof typeof functions, event: unknown) => functions[name](event, context),
    client,
    deadline: new Deadline(clock, remainingMs),
  };
}

type Attempt = { readonly done: readonly string[] } | { readonly thrown: unknown };

async function attempt(work: () => Promise<readonly string[]>): Promise<Attempt> {
  try {
    return { done: await work() };
  } catch (thrown) {
    return { thrown };
  }
}

function toOutcome(result: Attempt, attempts: readonly AttemptReport[]): string {
  if ('thrown' in result) {
    if (!isConjurError(result.thrown)) throw result.thrown;
    return result.thrown.code;
  }
  if (result.done.length > 0) return `partly: ${[...new Set(result.done)].join(', ')}`;
  return attempts.some((report) => report.attempt > 1) ? 'ok after retry' : 'ok';
}

async function end(client: ConjurClient, proxy: FaultProxy): Promise<void> {
  await proxy.close();
  await client.close();
}

import { readFileSync } from 'node:fs';
import { type ConjurClient, type ConjurClientDeps, createConjurClient } from '../../lib/client.ts';
import { type Clock, createSystemClock } from '../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../lib/errors.ts';
import type { AttemptReport, HeldBackReport } from '../../lib/http/request.ts';
import { createLogger, type LineLogger, parseTrace } from './log.ts';
import type { FunctionSettings } from './settings.ts';
import { parseFunctionSettings } from './settings.ts';

/** What a warm container keeps from one invocation to the next. */
export interface Container {
  readonly settings: FunctionSettings;
  readonly conjur: ConjurClient;
  readonly clock: Clock;
  readonly logger: LineLogger;
  /** For further clients of the same Conjur: what they send belongs to the invocation's line and trace too. */
  readonly observed: Pick<ConjurClientDeps, 'onAttempt' | 'onHeldBack' | 'traceparent'>;
  /** How much was sent to Conjur since {@link Container.takeAttempts}. */
  countAttempts(): number;
  /** What was sent to Conjur since this was last asked. */
  takeAttempts(): AttemptReport[];
  /** What was held back from a Conjur that fails, since this was last asked. */
  takeHeldBack(): HeldBackReport[];
  /** Why the session token could last not be refreshed, since this was last asked; undefined where no refresh has failed. */
  takeRefreshFailure(): unknown;
}

/** A container, or why there is none: bad settings are the answer to every call, and not a crash at start. */
export type Startup =
  | { readonly container: Container }
  | ({ readonly fault: ConjurError } & Pick<Container, 'clock' | 'logger'>);

/** Builds the container from the process's environment. */
export function createContainer(environment: NodeJS.ProcessEnv = process.env): Startup {
  const clock = createSystemClock();
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), clock.now);
  try {
    const { settings, client, warnings } = parseFunctionSettings(environment, {
      readFile: (path) => readFileSync(path, 'utf8'),
    });
    for (const warning of warnings) logger.warn(warning);
    const { ports, ...taking } = createRecord();
    const observed = { ...ports, traceparent: () => parseTrace(environment._X_AMZN_TRACE_ID)?.traceparent };
    const conjur = createConjurClient(client, { clock, logger, ...observed });
    return { container: { settings, conjur, clock, logger, observed, ...taking } };
  } catch (error) {
    const fault = isConjurError(error)
      ? error
      : new ConjurError('internal', 'The function could not start; its log says why.', { cause: error });
    logger.error(fault.message, { code: fault.code });
    return { fault, clock, logger };
  }
}

/** Keeps what the client tells until the invocation's line is written. */
function createRecord(): Pick<Container, 'countAttempts' | 'takeAttempts' | 'takeHeldBack' | 'takeRefreshFailure'> & {
  readonly ports: Required<Pick<ConjurClientDeps, 'onAttempt' | 'onHeldBack' | 'onRefreshFailed'>>;
} {
  let attempts: AttemptReport[] = [];
  let heldBack: HeldBackReport[] = [];
  let refreshFailure: unknown;
  return {
    ports: {
      onAttempt: (report) => attempts.push(report),
      onHeldBack: (report) => heldBack.push(report),
      onRefreshFailed: (error) => {
        refreshFailure = error;
      },
    },
    countAttempts: () => attempts.length,
    takeAttempts() {
      const taken = attempts;
      attempts = [];
      return taken;
    },
    takeHeldBack() {
      const taken = heldBack;
      heldBack = [];
      return taken;
    },
    takeRefreshFailure() {
      const taken = refreshFailure;
      refreshFailure = undefined;
      return taken;
    },
  };
}

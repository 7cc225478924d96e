import { readFileSync } from 'node:fs';
import { type ConjurClient, createConjurClient } from '../../lib/client/create-conjur-client.ts';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { ConjurError, isConjurError } from '../../lib/errors/conjur-error.ts';
import type { Logger } from '../../lib/logger.ts';
import { parseSettings } from '../../lib/settings/parse-settings.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { AttemptReport } from '../../lib/transport/conjur-request.ts';
import { createLogger } from './create-logger.ts';

/** What a warm container keeps from one invocation to the next. */
export interface Container {
  readonly settings: Settings;
  readonly conjur: ConjurClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What was sent to Conjur since this was last asked. */
  takeAttempts(): AttemptReport[];
}

/** A container, or why there is none: bad settings are the answer to every call, and not a crash at start. */
export type ContainerOrFault =
  | { readonly container: Container }
  | ({ readonly fault: ConjurError } & Pick<Container, 'clock' | 'logger'>);

/** Builds the container from the process's environment. */
export function createContainer(environment: NodeJS.ProcessEnv = process.env): ContainerOrFault {
  const clock = systemClock;
  const logger = createLogger((line) => process.stdout.write(`${line}\n`), clock.now);
  try {
    const { settings, warnings } = parseSettings(environment, { readFile: (path) => readFileSync(path, 'utf8') });
    for (const warning of warnings) logger.warn(warning);
    let attempts: AttemptReport[] = [];
    const conjur = createConjurClient(settings, { clock, logger, onAttempt: (report) => attempts.push(report) });
    const takeAttempts = (): AttemptReport[] => {
      const taken = attempts;
      attempts = [];
      return taken;
    };
    return { container: { settings, conjur, clock, logger, takeAttempts } };
  } catch (error) {
    const fault = isConjurError(error)
      ? error
      : new ConjurError('internal', 'The function could not start; its log says why.', { cause: error });
    logger.error(fault.message, { code: fault.code });
    return { fault, clock, logger };
  }
}

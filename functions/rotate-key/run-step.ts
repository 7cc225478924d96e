import type { Clock } from '../../lib/clock.ts';
import { isConjurError } from '../../lib/errors/conjur-error.ts';
import type { Logger } from '../../lib/logger.ts';

/** Runs one step of a rotation and passes on what it gives. */
export type RunStep = <T>(step: string, work: () => Promise<T>) => Promise<T>;

/** A line for each step that was done, and one for the step that failed: where a broken rotation stands is read from the log. */
export function createRunStep(
  { logger, clock }: { logger: Logger; clock: Clock },
  about: Readonly<Record<string, string>>,
): RunStep {
  return async (step, work) => {
    const startedMs = clock.now();
    try {
      const result = await work();
      logger.info('rotation step', { ...about, step, durationMs: clock.now() - startedMs });
      return result;
    } catch (error) {
      const code = isConjurError(error) ? error.code : 'internal';
      logger.warn('rotation step failed', { ...about, step, code, durationMs: clock.now() - startedMs });
      throw error;
    }
  };
}

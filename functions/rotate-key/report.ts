import type { Deadline } from '../../lib/deadline.ts';
import { isConjurError } from '../../lib/errors.ts';
import type { EmfMetric } from '../runtime/log.ts';
import type { RotationDeps } from './deps.ts';

export interface FinishedRotation {
  readonly name: string;
  readonly version: number | string | undefined;
  readonly strategy: string;
  /** ISO 8601. */
  readonly rotatedAt: string;
}

/**
 * The metric and, where a bus is named, the event. The rotation is done by then: an event that cannot be published does not fail it,
 * since a repetition would rotate once more.
 * @returns why the event was not published
 */
export async function reportRotated(
  { publish, logger, recordMetrics }: Pick<RotationDeps, 'publish' | 'logger' | 'recordMetrics'>,
  { name, version, strategy, rotatedAt }: FinishedRotation,
  deadline: Deadline,
): Promise<string | undefined> {
  recordMetrics(toOutcome({ succeeded: 1, failed: 0 }));
  if (publish === undefined) return undefined;
  try {
    await publish({ name, version: version ?? null, strategy, rotated_at: rotatedAt }, deadline);
    return undefined;
  } catch (error) {
    const reason = isConjurError(error) ? error.message : 'The event could not be made.';
    logger.error(`The secret is rotated, but its event was not published. ${reason}`, { name, strategy });
    return reason;
  }
}

/** Counts a rotation that failed, and lets its error through. */
export async function whileCountingFailures<T>(
  { recordMetrics }: Pick<RotationDeps, 'recordMetrics'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    recordMetrics(toOutcome({ succeeded: 0, failed: 1 }));
    throw error;
  }
}

/** The age of a key in use, at the beginning of its rotation: also of one that then fails, so that it is seen to grow. */
export function reportKeyAge(
  { recordMetrics, clock }: Pick<RotationDeps, 'recordMetrics' | 'clock'>,
  createdAtMs: number | undefined,
): void {
  if (createdAtMs === undefined) return;
  const ageSeconds = Math.max(0, Math.round((clock.now() - createdAtMs) / 1000));
  recordMetrics([{ name: 'OldestKeyAge', unit: 'Seconds', value: ageSeconds }]);
}

function toOutcome({ succeeded, failed }: { readonly succeeded: 0 | 1; readonly failed: 0 | 1 }): EmfMetric[] {
  return [
    { name: 'RotationSucceeded', unit: 'Count', value: succeeded },
    { name: 'RotationFailed', unit: 'Count', value: failed },
  ];
}

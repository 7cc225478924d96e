import type { Deadline } from '../../lib/clock.ts';
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

/**
 * Counts a rotation that failed, and lets its error through. What a caller got wrong is no failed rotation: a name that it may not use, a
 * call that is none. A scheduled call that is refused for such a reason ends among the dead letters, which an alarm watches.
 * @param isCallers whether the rotation was asked for by a call, and so its mistakes are the caller's
 */
export async function whileCountingFailures<T>(
  { recordMetrics }: Pick<RotationDeps, 'recordMetrics'>,
  isCallers: boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isCallers || !isMistake(error)) recordMetrics(toOutcome({ succeeded: 0, failed: 1 }));
    throw error;
  }
}

/** By the status that it has over HTTP. `unprocessable` and a conflict come from the other side, whatever was asked for. */
function isMistake(error: unknown): boolean {
  return isConjurError(error) && MISTAKES.has(error.code);
}

const MISTAKES: ReadonlySet<string> = new Set([
  'invalid_request',
  'access_mode_denied',
  'not_hosted',
  'forbidden',
  'secret_not_found',
  'delete_not_supported',
  'payload_too_large',
]);

/**
 * The age of a key in use, at the beginning of its rotation: also of one that then fails, so that it is seen to grow. Each secret has a
 * metric of its own, by the dimension `secret`: the age of one must not hide behind that of another.
 * @returns the age in seconds; undefined where Secrets Manager does not say when the key was made
 */
export function reportKeyAge(
  { recordMetrics, clock }: Pick<RotationDeps, 'recordMetrics' | 'clock'>,
  secretId: string,
  createdAtMs: number | undefined,
): number | undefined {
  if (createdAtMs === undefined) return undefined;
  const ageSeconds = Math.max(0, Math.round((clock.now() - createdAtMs) / 1000));
  const metric = { name: 'OldestKeyAge', unit: 'Seconds', value: ageSeconds } as const;
  recordMetrics([metric], { secret: toSecretName(secretId) });
  return ageSeconds;
}

/** A schedule names a secret by what its stack knows of it, Secrets Manager by the whole ARN: the name is the same. */
export function toSecretName(secretId: string): string {
  return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)-[A-Za-z0-9]{6}$/.exec(secretId)?.[1] ?? secretId;
}

function toOutcome({ succeeded, failed }: { readonly succeeded: 0 | 1; readonly failed: 0 | 1 }): EmfMetric[] {
  return [
    { name: 'RotationSucceeded', unit: 'Count', value: succeeded },
    { name: 'RotationFailed', unit: 'Count', value: failed },
  ];
}

import type { ApiKeyCredential } from '../../lib/auth/credential.ts';
import type { ConjurClient } from '../../lib/client.ts';
import type { Clock, Deadline } from '../../lib/clock.ts';
import { isConjurError } from '../../lib/errors.ts';
import type { LogFields, Logger } from '../../lib/logger.ts';
import type { EmfMetric } from '../runtime/log.ts';
import type { FunctionSettings } from '../runtime/settings.ts';
import type { RotationEvent } from './create-publisher.ts';
import type { SecretVersions } from './strategies/conjur-api-key/secret-versions.ts';
import type { LitellmApi } from './strategies/litellm-virtual-key/litellm-api.ts';

/** What a rotation works with. What only some rotations need is loaded when it is asked for. */
export interface RotationDeps {
  readonly settings: FunctionSettings;
  readonly conjur: ConjurClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How many requests to Conjur the invocation has made so far. */
  readonly countAttempts: () => number;
  /** Unbiased random integer in [0, bound), from the system's generator. */
  readonly randomInt: (bound: number) => number;
  /** A random UUID, for a version that must be like no other. */
  readonly randomUuid: () => string;
  /**
   * A client of the same Conjur with another identity. Whoever asks for it closes it.
   * @param source where an operator finds the credential, for messages
   */
  readonly connectAs: (credential: ApiKeyCredential, source: string) => ConjurClient;
  readonly loadSecretVersions: () => Promise<SecretVersions>;
  /** @throws ConjurError `config_invalid` where the settings name no LiteLLM */
  readonly loadLitellm: (deadline: Deadline) => Promise<LitellmApi>;
  /** Undefined where no event bus is named. */
  readonly publish: ((event: RotationEvent, deadline: Deadline) => Promise<void>) | undefined;
  /** Takes metrics for CloudWatch. @param dimensions beside the function's name. Default: none */
  readonly recordMetrics: (metrics: readonly EmfMetric[], dimensions?: Readonly<Record<string, string>>) => void;
}

/** Runs one step of a rotation and passes on what it gives. */
export type Logged = <T>(step: string, work: () => Promise<T>) => Promise<T>;

/**
 * A line for each step that was done, and one for the step that failed: where a broken rotation stands is read from the log. It says how
 * many requests to Conjur the step took, by whatever identity.
 */
export function createStepLog(
  { logger, clock, countAttempts }: Pick<RotationDeps, 'logger' | 'clock' | 'countAttempts'>,
  about: LogFields,
): Logged {
  return async (step, work) => {
    const startedMs = clock.now();
    const sentBefore = countAttempts();
    const measure = (): LogFields => ({
      durationMs: clock.now() - startedMs,
      conjurRequests: countAttempts() - sentBefore,
    });
    try {
      const result = await work();
      logger.info('rotation step', { ...about, step, ...measure() });
      return result;
    } catch (error) {
      const code = isConjurError(error) ? error.code : 'internal';
      logger.warn('rotation step failed', { ...about, step, code, ...measure() });
      throw error;
    }
  };
}

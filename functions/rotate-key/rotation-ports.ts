import type { ApiKeyCredential } from '../../lib/authn/credential-source.ts';
import type { ConjurClient } from '../../lib/client/create-conjur-client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Deadline } from '../../lib/deadline.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Settings } from '../../lib/settings/settings.ts';
import type { EmfMetric } from '../shared/emf.ts';
import type { LitellmApi } from './litellm/create-litellm-api.ts';
import type { RotationEvent } from './reporting/rotation-event.ts';
import type { SecretVersions } from './secrets-manager/secret-versions.ts';

/** What a rotation works with. What only some rotations need is loaded when it is asked for. */
export interface RotationPorts {
  readonly settings: Settings;
  readonly conjur: ConjurClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Unbiased random integer in [0, bound), from the system's generator. */
  readonly randomInt: (bound: number) => number;
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
  /** Takes metrics for CloudWatch. */
  readonly recordMetrics: (metrics: readonly EmfMetric[]) => void;
}

import type { Deadline } from '../../../lib/deadline.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { RotationPorts } from '../rotation-ports.ts';
import type { SecretVersions } from '../secrets-manager/secret-versions.ts';

/** What the steps of one rotation of a credential share. */
export interface RotationContext {
  readonly ports: Pick<RotationPorts, 'conjur' | 'connectAs' | 'clock' | 'logger' | 'recordMetrics'>;
  readonly versions: SecretVersions;
  /** Name or ARN of the secret. */
  readonly secretId: string;
  /** Id of the version that the rotation makes: Secrets Manager's `ClientRequestToken`. */
  readonly versionId: string;
  /** As Secrets Manager sent it, for a function that acts in another account. */
  readonly rotationToken: Secret | undefined;
  readonly deadline: Deadline;
}

import { isCredentialRefused } from '../../../../lib/auth/authenticate.ts';
import type { ConjurClient } from '../../../../lib/client.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import type { Secret } from '../../../../lib/secret.ts';
import type { RotationDeps } from '../../deps.ts';
import type { HostCredential } from './host-credential.ts';
import type { SecretVersions } from './secret-versions.ts';

/** What the steps of one rotation of a credential share. */
export interface RotationContext {
  readonly deps: Pick<RotationDeps, 'conjur' | 'connectAs' | 'clock' | 'logger' | 'randomUuid' | 'recordMetrics'>;
  readonly versions: SecretVersions;
  /** Name or ARN of the secret. */
  readonly secretId: string;
  /** Id of the version that the rotation makes: Secrets Manager's `ClientRequestToken`. */
  readonly versionId: string;
  /** As Secrets Manager sent it, for a function that acts in another account. */
  readonly rotationToken: Secret | undefined;
  readonly deadline: Deadline;
}

/**
 * Logs in as a host, does the work and ends the connections.
 * @returns undefined where Conjur refuses the credential; a login that failed in another way tells nothing about it, and throws
 */
export async function withClient<T>(
  { deps, secretId, deadline }: RotationContext,
  { login, apiKey }: HostCredential,
  work: (client: ConjurClient) => Promise<T>,
): Promise<T | undefined> {
  const client = deps.connectAs({ login, apiKey }, `the Secrets Manager secret ${secretId}`);
  try {
    if (!(await isAccepted(client))) return undefined;
    return await work(client);
  } finally {
    await client.idle();
    await client.close();
  }

  async function isAccepted({ authenticate }: ConjurClient): Promise<boolean> {
    try {
      await authenticate({ deadline });
      return true;
    } catch (error) {
      if (isCredentialRefused(error)) return false;
      throw error;
    }
  }
}

/** Whether Conjur lets the credential in. */
export async function isAlive(context: RotationContext, credential: HostCredential): Promise<boolean> {
  return (await withClient(context, credential, async () => true)) === true;
}

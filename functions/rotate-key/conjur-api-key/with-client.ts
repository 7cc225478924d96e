import type { ConjurClient } from '../../../lib/client/create-conjur-client.ts';
import { isConjurError } from '../../../lib/errors/conjur-error.ts';
import type { HostCredential } from './host-credential.ts';
import type { RotationContext } from './rotation-context.ts';

/**
 * Logs in as a host, does the work and ends the connections.
 * @returns undefined where Conjur refuses the credential
 */
export async function withClient<T>(
  { ports, secretId, deadline }: RotationContext,
  { login, apiKey }: HostCredential,
  work: (client: ConjurClient) => Promise<T>,
): Promise<T | undefined> {
  const client = ports.connectAs({ login, apiKey }, `the Secrets Manager secret ${secretId}`);
  try {
    if (!(await isAccepted(client))) return undefined;
    return await work(client);
  } finally {
    await client.settled();
    await client.close();
  }

  async function isAccepted({ authenticate }: ConjurClient): Promise<boolean> {
    try {
      await authenticate({ deadline });
      return true;
    } catch (error) {
      if (isConjurError(error, 'authentication_failed')) return false;
      throw error;
    }
  }
}

/** Whether Conjur lets the credential in. */
export async function isAlive(context: RotationContext, credential: HostCredential): Promise<boolean> {
  return (await withClient(context, credential, async () => true)) === true;
}

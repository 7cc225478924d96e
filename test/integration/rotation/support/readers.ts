import { createSecretReader } from '../../../../lib/auth/create-secret-reader.ts';
import type { ConjurClient } from '../../../../lib/client.ts';
import { createConjurClient } from '../../../../lib/client.ts';
import { Secret } from '../../../../lib/secret.ts';
import { readCredential } from './credentials.ts';
import type { World } from './world.ts';

/** What the readers of one kind have seen. */
export interface ReaderTally {
  reads: number;
  /** Messages of the reads that failed. */
  readonly failures: string[];
  /** Logins that Conjur refused, after which a reader has fetched its credential anew. */
  refusals: number;
}

export function createTally(): ReaderTally {
  return { reads: 0, failures: [], refusals: 0 };
}

/** A reader as a function is one: its credential is in Secrets Manager. */
export function createReader(world: World, secretId: string, tally: ReaderTally): ConjurClient {
  const settings = { ...world.settings, auth: { type: 'api-key', apiKeySecretId: secretId } as const };
  return createConjurClient(settings, {
    dispatcher: world.dispatcher,
    secretReader: createSecretReader(world.aws),
    onAttempt({ status, action }) {
      if (status === 401 && action.startsWith('authenticating')) tally.refusals += 1;
    },
  });
}

/** A reader that takes the credential in use, and does not look for another when it is refused. */
export async function createUnhealedReader(world: World, secretId: string): Promise<ConjurClient> {
  const credential = await readCredential(world, secretId, 'AWSCURRENT');
  const settings = {
    ...world.settings,
    auth: {
      type: 'api-key',
      login: credential?.username ?? '',
      apiKey: Secret.of(credential?.api_key ?? ''),
    } as const,
  };
  return createConjurClient(settings, { dispatcher: world.dispatcher });
}

/** Reads without a pause, with one client that stays. */
export async function readWarm(
  client: ConjurClient,
  variable: string,
  tally: ReaderTally,
  until: () => boolean,
): Promise<void> {
  while (!until()) await readOnce(client, variable, tally);
}

/** Reads without a pause, each time with a client that has just been made. */
export async function readCold(
  create: () => Promise<ConjurClient>,
  variable: string,
  tally: ReaderTally,
  until: () => boolean,
): Promise<void> {
  while (!until()) await readOnce(await create(), variable, tally);
}

async function readOnce(client: ConjurClient, variable: string, tally: ReaderTally): Promise<void> {
  try {
    const { value } = await client.readSecret(variable);
    if (value.expose() !== 'sings') throw new Error('The value is another one.');
  } catch (error) {
    tally.failures.push(error instanceof Error ? error.message : String(error));
  }
  tally.reads += 1;
}

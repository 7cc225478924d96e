import { onTestFinished } from 'vitest';
import {
  createLocalConjur,
  type LocalConjur,
  type LocalConjurOptions,
} from '../../../infra/local/conjur/create-local-conjur.ts';
import type { ConjurClient } from '../../../lib/client.ts';
import { type ConjurClientDeps, createConjurClient } from '../../../lib/client.ts';
import { fromEnv } from '../../../lib/env.ts';

/** A local Conjur on a free port with a client of its admin, and more clients where they are wanted. All end with the test. */
export interface ClientUnderTest {
  readonly server: LocalConjur;
  readonly admin: ConjurClient;
  /** A client by the variables of an environment; the base URL is the server's unless they say otherwise. */
  connect(environment: Record<string, string>, ports?: ConjurClientDeps): ConjurClient;
}

/** @param environment of the admin's client, which every other client has too: a certificate authority, say */
export async function startClient(
  options: LocalConjurOptions = {},
  environment: Record<string, string> = {},
  ports: ConjurClientDeps = {},
): Promise<ClientUnderTest> {
  const server = await createLocalConjur({ policyLoadMs: 0, ...options });
  onTestFinished(() => server.close());
  const connect = (more: Record<string, string>, itsPorts: ConjurClientDeps = {}): ConjurClient => {
    const options = fromEnv({ CYBERARK_API_BASE: server.url, ...environment, ...more });
    const client = createConjurClient(options, itsPorts);
    onTestFinished(() => client.close());
    return client;
  };
  return { server, admin: connect({ CYBERARK_API_KEY: server.adminApiKey }, ports), connect };
}

import { createConjurTransport, isPage, toConjurError, unreadable } from '../../../lib/answers.ts';
import {
  createAuthenticator,
  createCredentialSource,
  lazyAuthenticatorDeps,
} from '../../../lib/auth/create-authenticator.ts';
import { createSession } from '../../../lib/auth/session.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { DEFAULT_DEADLINE_MS, Deadline, systemClock } from '../../../lib/clock.ts';
import { createDispatchers } from '../../../lib/http/dispatchers.ts';
import type { HttpRequest } from '../../../lib/http/request.ts';
import { silentLogger } from '../../../lib/logger.ts';
import { toSecretPath } from '../../../lib/names.ts';
import { Secret } from '../../../lib/secret.ts';
import { buildVariableDeletion } from '../../../lib/secrets/policy-document.ts';
import type { Settings } from '../../../lib/settings.ts';
import { createNameOf } from '../../../lib/settings.ts';

/** The secrets that LiteLLM's class has stored, also under names that the client of this project refuses. */
export interface StoredSecrets {
  /** Names of the variables below the prefix that have a value. */
  list(prefix: string): Promise<string[]>;
  read(name: string): Promise<Secret>;
  /** Writes a secret, and makes its variable where it is missing. */
  write(name: string, value: Secret): Promise<void>;
  /** By a policy update of root, where LiteLLM's class makes its variables. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

const PAGE_SIZE = 1_000;

/** @throws ConjurError (from the calls) as the client's methods do */
export function createStoredSecrets(settings: Settings): StoredSecrets {
  const client = createConjurClient(settings);
  const { send, nameOf, close } = createRawSession(settings);
  return {
    async list(prefix) {
      const names: string[] = [];
      for (let offset: number | undefined = 0; offset !== undefined; ) {
        const page = await client.listVariables({ limit: PAGE_SIZE, offset });
        const wanted = page.variables.filter(({ name, version }) => name.startsWith(prefix) && version !== undefined);
        names.push(...wanted.map(({ name }) => name));
        offset = page.nextOffset;
      }
      return names.sort();
    },
    async read(name) {
      const action = `reading the secret "${name}"`;
      const path = toSecretPath(settings.account, name);
      const request: HttpRequest = { method: 'GET', path, action, idempotent: true, target: 'leader' };
      const response = await send(request);
      if (response.status !== 200) throw toConjurError({ nameOf }, request, response);
      // No key is a page, and one that was taken for a key would be moved, or pass for a dead one and be deleted.
      if (response.body.length === 0 || isPage(response)) throw unreadable({ nameOf }, request, response);
      return Secret.of(response.body);
    },
    async write(name, value) {
      await client.writeSecret(name, value, { reportVersion: false });
    },
    async remove(name) {
      await client.loadPolicy('root', buildVariableDeletion('root', name), { mode: 'update' });
    },
    async close() {
      await Promise.all([client.close(), close()]);
    },
  };
}

/** Requests with a session token whose paths are nobody's business. */
function createRawSession(settings: Settings) {
  const clock = systemClock;
  const nameOf = createNameOf(settings);
  const dispatchers = createDispatchers(settings);
  const { random } = Math;
  const transport = createConjurTransport({ ...settings, nameOf, dispatchers, clock, random });
  const lazy = lazyAuthenticatorDeps(undefined, clock);
  const authenticator = createAuthenticator(settings, createCredentialSource(settings, { ...lazy, clock }), lazy);
  const { refreshIntervalMs } = settings;
  const { send } = createSession({
    nameOf,
    authenticator,
    transport,
    clock,
    logger: silentLogger,
    refreshIntervalMs,
    random,
  });
  return {
    nameOf,
    send: (request: HttpRequest) => send(request, new Deadline(clock, DEFAULT_DEADLINE_MS)),
    close: () => dispatchers.close(),
  };
}

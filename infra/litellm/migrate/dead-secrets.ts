import {
  createLitellmApi,
  type LitellmApi,
} from '../../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import {
  litellmConfigInvalid,
  loadMasterKey,
} from '../../../functions/rotate-key/strategies/litellm-virtual-key/master-key.ts';
import type { FunctionSettings } from '../../../functions/runtime/settings.ts';
import { DEFAULT_DEADLINE_MS, Deadline, systemClock } from '../../../lib/clock.ts';
import { ConjurError } from '../../../lib/errors.ts';
import { createDispatchers } from '../../../lib/http/dispatchers.ts';
import { createTransport } from '../../../lib/http/transport.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { Outcome } from './migrate.ts';
import type { StoredSecrets } from './stored-secrets.ts';

/** Stored under a token, since the key has no alias: LiteLLM stores it under another at each rotation. */
const BY_TOKEN = /^virtual-key-[0-9a-f]{64}$/;

/** Whether LiteLLM has a key on record. */
export type IsLive = (key: Secret) => Promise<boolean>;

/**
 * Looks which secrets hold a key that LiteLLM has no more, and deletes those on request. Only secrets that are stored by a token are
 * looked at. Their value decides: after a rotation the name of a live one says the token before.
 * @param names of all secrets below the prefix
 * @throws ConjurError where LiteLLM knows none of all these keys: then it is another one, and nothing must be deleted on its word
 */
export async function* clearDeadSecrets(
  secrets: StoredSecrets,
  names: readonly string[],
  { prefix, isLive, apply }: { prefix: string; isLive: IsLive; apply: boolean },
): AsyncGenerator<Outcome> {
  await assertKnowsOne(secrets, names, isLive);
  for (const name of names)
    if (BY_TOKEN.test(name.slice(prefix.length))) yield await clear(secrets, name, isLive, apply);
}

async function assertKnowsOne(secrets: StoredSecrets, names: readonly string[], isLive: IsLive): Promise<void> {
  for (const name of names) if (await isLive(await secrets.read(name))) return;
  throw new ConjurError(
    'unprocessable',
    'LiteLLM knows none of the keys that are stored here. Check that LITELLM_API_BASE is the proxy that stores its keys in this Conjur.',
  );
}

async function clear(secrets: StoredSecrets, name: string, isLive: IsLive, apply: boolean): Promise<Outcome> {
  try {
    if (await isLive(await secrets.read(name))) return { from: name, isWell: true, line: `live     ${name}` };
    if (!apply) return { from: name, isWell: true, line: `dead     ${name}` };
    await secrets.remove(name);
    return { from: name, isWell: true, line: `deleted  ${name}` };
  } catch (error) {
    return { from: name, isWell: false, line: `FAILED   ${name}: ${(error as Error).message}` };
  }
}

/** @throws ConjurError `config_invalid` where the settings name no LiteLLM */
export async function connectLitellm(settings: FunctionSettings): Promise<{ isLive: IsLive; close(): Promise<void> }> {
  const { litellm, proxy, timeoutMs, maxAttempts } = settings;
  if (litellm.baseUrl === undefined) throw litellmConfigInvalid('LITELLM_API_BASE is missing');
  const clock = systemClock;
  const deadline = (): Deadline => new Deadline(clock, DEFAULT_DEADLINE_MS);
  const masterKey = await loadMasterKey(litellm, loadReader, deadline());
  // Conjur's TLS settings are not LiteLLM's.
  const tls = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };
  const dispatchers = createDispatchers({ tls, proxy, timeoutMs });
  const { baseUrl } = litellm;
  const send = createTransport({
    dispatchers,
    baseUrl,
    readBaseUrls: [],
    timeoutMs,
    maxAttempts,
    clock,
    random: Math.random,
  });
  const api: LitellmApi = createLitellmApi(send, masterKey);
  return { isLive: (key) => api.isCurrent(key, deadline()), close: () => dispatchers.close() };
}

async function loadReader() {
  return (await import('../../../lib/auth/create-secret-reader.ts')).createSecretReader();
}

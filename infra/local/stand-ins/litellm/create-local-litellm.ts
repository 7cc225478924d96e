import { randomBytes } from 'node:crypto';
import { createJsonServer, type LocalServer } from '../http/create-json-server.ts';
import type { RequestHook } from '../http/request-fault.ts';
import { createJsonFile } from '../json-file/create-json-file.ts';
import type { KeysFile } from './key-row.ts';
import { createKeyStore } from './key-store.ts';
import { toErrorAnswer } from './litellm-error.ts';
import { routeRequest } from './route-request.ts';
import type { RouteContext } from './routes/route-context.ts';

export interface LocalLitellmOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** The master key that the calls want as Bearer. Starts with `sk-`. */
  readonly masterKey: string;
  /** False or 500: regenerating answers 500 with LiteLLM's message on licences; 403: with 403. Default true. */
  readonly licensed?: boolean | 403 | 500;
  /** False: `disable_custom_api_keys` is set, so that every key is LiteLLM's own make. Default true. */
  readonly customKeys?: boolean;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** That many random bytes. Default: the system's generator. */
  readonly random?: (size: number) => Uint8Array;
  /** JSON file that keeps the keys' hashes and settings. Default `:memory:`. */
  readonly data?: string;
  /** Sees each request before it takes effect, and may spoil it. */
  readonly onRequest?: RequestHook;
}

/**
 * Starts a stand-in for the key management of a LiteLLM proxy, for development and tests.
 *
 * Rules of the real one that it keeps:
 * - Calls want the master key as Bearer. A virtual key may ask `/key/info` about itself, without `key` too, and regenerate itself;
 *   anything else answers 403, and a key that is unknown, revoked, expired or blocked answers 401.
 * - Keys are known by hash only: `token_id` is the SHA-256 of the key in hex. A key may be named raw or by its token id.
 * - Regenerating changes the row in place, so the old key and the old token id are unknown from then on (404). `new_key` must start
 *   with `sk-` (400). With `grace_period` the old key still works as Bearer until its end; a grace period that cannot be read is
 *   silently taken for none. An old key stands for the row that replaced it, one step far: regenerating again within the grace
 *   period ends the grace of the key before.
 * - Without a licence, regenerating is refused before anything else is looked at.
 * - With `disable_custom_api_keys`, a key that the caller chose is refused (403) and nothing changes.
 * - Aliases are unique (400), `metadata` is replaced whole, deleting what is gone is 404, lists come in pages of at most 100 (422).
 * - Errors are `{"error": {"message", "type", "param", "code"}}`; the 404 of an unknown key repeats the key.
 *
 * Rules that it does not keep: models, budgets, rate limits, users and teams as things of their own, rotation by LiteLLM itself, the
 * master key's own rotation, caches that know a key a while longer.
 *
 * Source: https://docs.litellm.ai/docs/proxy/virtual_keys
 *
 * @throws Error when the master key does not start with `sk-`, the port is taken, or the data file is not one of this server's.
 */
export async function createLocalLitellm(options: LocalLitellmOptions): Promise<LocalServer> {
  if (!options.masterKey.startsWith('sk-')) throw new Error('The master key must start with "sk-".');
  const now = options.now ?? Date.now;
  const file = createJsonFile<KeysFile>(options.data ?? ':memory:', {
    format: 'local-litellm-1',
    keys: [],
    deprecated: [],
  });
  const context: RouteContext = {
    store: createKeyStore(file, now),
    masterKey: options.masterKey,
    licensed: options.licensed ?? true,
    customKeys: options.customKeys ?? true,
    now,
    random: options.random ?? randomBytes,
  };
  return createJsonServer({
    port: options.port,
    onRequest: options.onRequest,
    toErrorAnswer,
    route: (request) => routeRequest(context, request),
  });
}

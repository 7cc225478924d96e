import type { ConjurContext } from '../answers.ts';
import type { Clock, Deadline } from '../clock.ts';
import { type Batch, type ConjurError, isConjurError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { type ReadSecretRequest, readSecret, type SecretValue } from './read-secret.ts';
import { readSecrets } from './read-secrets.ts';
import type { ValueCache } from './value-cache.ts';

/** Gives the value cache. */
export type LoadCache = () => Promise<ValueCache>;

/** The cache and its library are loaded on first use. Undefined where the cache is switched off. */
export function lazyValueCache(
  settings: Settings,
  clock: Pick<Clock, 'now'>,
  login: () => string | undefined,
): LoadCache | undefined {
  if (settings.secretCacheTtlMs === 0) return undefined;
  let loading: Promise<ValueCache> | undefined;
  return () => {
    loading ??= import('./value-cache.ts').then(
      ({ ValueCache }) =>
        new ValueCache({
          ttlMs: settings.secretCacheTtlMs,
          staleIfErrorMs: settings.secretStaleIfErrorMs,
          maxEntries: settings.secretCacheMaxEntries,
          maxBytes: settings.secretCacheMaxBytes,
          clock,
          login,
        }),
    );
    return loading;
  };
}

/** Failures of Conjur itself, for which an old value is better than none. A refusal is an answer, and none of them. */
const OUTAGES = new Set(['upstream_unavailable', 'upstream_error', 'deadline_exceeded']);
/** Answers after which an old value must not be given out any more. */
const INVALIDATING_CODES = new Set(['secret_not_found', 'forbidden']);

/** {@link readSecret} by way of the value cache. */
export async function readSecretCached(
  context: ConjurContext,
  cache: ValueCache,
  name: string,
  request: ReadSecretRequest,
  deadline: Deadline,
): Promise<SecretValue> {
  const bypassCache = request.fresh === true || request.fromLeader === true;
  const held = bypassCache ? undefined : cache.get(name, request.version);
  if (held !== undefined) return held;
  try {
    return await cache.fill(async (store) => {
      const secret = await readSecret(context, name, request, deadline);
      store(secret);
      return secret;
    });
  } catch (error) {
    if (!isConjurError(error)) throw error;
    if (INVALIDATING_CODES.has(error.code)) cache.drop(name);
    const old = bypassCache || !OUTAGES.has(error.code) ? undefined : cache.getStale(name, request.version);
    if (old === undefined) throw error;
    warn(context, error, 1);
    return old;
  }
}

/** {@link readSecrets} by way of the value cache: only what it does not hold is asked for. */
export async function readSecretsCached(
  context: ConjurContext,
  cache: ValueCache,
  names: readonly string[],
  { fresh }: Pick<ReadSecretRequest, 'fresh'>,
  deadline: Deadline,
): Promise<Batch<SecretValue>> {
  if (!Array.isArray(names)) return readSecrets(context, names, deadline);
  const distinct = [...new Set(names)];
  const held = new Map(distinct.flatMap((name) => pair(name, fresh === true ? undefined : cache.get(name, undefined))));
  const wanted = distinct.filter((name) => !held.has(name));
  if (wanted.length === 0) return inOrder(distinct, held, []);
  try {
    const { items, errors } = await cache.fill(async (store) => {
      const result = await readSecrets(context, wanted, deadline);
      for (const secret of result.items) store(secret);
      return result;
    });
    for (const secret of items) held.set(secret.name, secret);
    const standing = errors.filter(({ name, error }) => !serveStale(context, cache, name, error, held, fresh === true));
    return inOrder(distinct, held, standing);
  } catch (error) {
    if (!isConjurError(error) || !OUTAGES.has(error.code) || fresh === true) throw error;
    const old = wanted.flatMap((name) => pair(name, cache.getStale(name, undefined)));
    if (old.length + held.size === 0) throw error;
    warn(context, error, old.length);
    for (const [name, secret] of old) held.set(name, secret);
    const lost = wanted.filter((name) => !held.has(name)).map((name) => ({ name, error }));
    return inOrder(distinct, held, lost);
  }
}

/** Whether an old value takes the place of one name's failure. */
function serveStale(
  context: ConjurContext,
  cache: ValueCache,
  name: string,
  error: ConjurError,
  held: Map<string, SecretValue>,
  fresh: boolean,
): boolean {
  if (INVALIDATING_CODES.has(error.code)) cache.drop(name);
  const old = fresh || !OUTAGES.has(error.code) ? undefined : cache.getStale(name, undefined);
  if (old === undefined) return false;
  warn(context, error, 1);
  held.set(name, old);
  return true;
}

function pair(name: string, secret: SecretValue | undefined): [string, SecretValue][] {
  return secret === undefined ? [] : [[name, secret]];
}

function inOrder(
  names: readonly string[],
  secrets: ReadonlyMap<string, SecretValue>,
  errors: Batch<SecretValue>['errors'],
): Batch<SecretValue> {
  return { items: names.flatMap((name) => secrets.get(name) ?? []), errors };
}

function warn({ logger }: ConjurContext, { code }: ConjurError, count: number): void {
  logger.warn('Conjur is unreachable; serving stale cached values.', { code, count });
}

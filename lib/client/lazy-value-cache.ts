import type { Clock } from '../clock.ts';
import type { ClientSettings } from '../settings/client-settings.ts';
import type { ValueCache } from './value-cache.ts';

/** Gives the value cache, or undefined where it is switched off. */
export type LoadCache = () => Promise<ValueCache | undefined>;

/** The cache and its library are loaded on first use, and not at all where the cache is off. */
export function lazyValueCache(
  settings: ClientSettings,
  clock: Pick<Clock, 'now'>,
  login: () => string | undefined,
): LoadCache {
  if (settings.secretCacheTtlMs === 0) return async () => undefined;
  const { baseUrl, account, authn, authnServiceId = '' } = settings;
  const identity = () => [baseUrl.href, account, authn, authnServiceId, login() ?? settings.login];
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
          identity,
        }),
    );
    return loading;
  };
}

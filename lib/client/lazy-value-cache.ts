import type { Clock } from '../clock.ts';
import type { ClientSettings } from '../settings/client-settings.ts';
import type { ValueCache } from './value-cache.ts';

/** Gives the value cache. */
export type LoadCache = () => Promise<ValueCache>;

/** The cache and its library are loaded on first use. Undefined where the cache is switched off. */
export function lazyValueCache(
  settings: ClientSettings,
  clock: Pick<Clock, 'now'>,
  login: () => string | undefined,
): LoadCache | undefined {
  if (settings.secretCacheTtlMs === 0) return undefined;
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

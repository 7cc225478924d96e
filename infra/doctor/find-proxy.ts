import { parseExceptions } from '../../lib/http/no-proxy.ts';
import type { Settings } from '../../lib/settings.ts';

/** The http proxy on the way to Conjur; undefined where it is reached directly, also because `NO_PROXY` names it. */
export function findProxy({ proxy, baseUrl }: Pick<Settings, 'proxy' | 'baseUrl'>): URL | undefined {
  if (proxy === undefined || parseExceptions(proxy.except)(baseUrl)) return undefined;
  const address = baseUrl.protocol === 'https:' ? (proxy.https ?? proxy.http) : proxy.http;
  return address && new URL(address.expose());
}

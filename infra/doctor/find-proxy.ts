import type { Settings } from '../../lib/settings.ts';

/** The http proxy on the way to Conjur; undefined where it is reached directly, also because `NO_PROXY` names it. */
export function findProxy({ proxy, baseUrl }: Pick<Settings, 'proxy' | 'baseUrl'>): URL | undefined {
  if (proxy === undefined || isExcepted(baseUrl, proxy.except)) return undefined;
  const address = baseUrl.protocol === 'https:' ? (proxy.https ?? proxy.http) : proxy.http;
  return address && new URL(address.expose());
}

/** `conjur.internal` and `.internal` stand for what is below them too, `*` for all, and a port for that port alone. */
function isExcepted(url: URL, except: string): boolean {
  const host = bareHost(url);
  return except
    .toLowerCase()
    .split(/[,\s]+/)
    .some((entry) => {
      const [, name = '', port] = /^(.*?)(?::(\d+))?$/.exec(entry.replace(/^\*?\./, '')) ?? [];
      if (name === '' || (port !== undefined && Number(port) !== portOf(url))) return false;
      return name === '*' || host === name || host.endsWith(`.${name}`);
    });
}

/** Without the brackets of an IPv6 address. */
export function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

export function portOf({ port, protocol }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

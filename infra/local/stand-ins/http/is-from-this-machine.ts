import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request comes from a program or a page of this machine, by its `host` and `origin`. What listens on the loopback is within
 * reach of every page that the user's browser has open: by a form or `fetch` (then `origin` is the site's), or under a name of the site's
 * own that it has pointed at 127.0.0.1 (DNS rebinding; then `host` is that name).
 *
 * `host.docker.internal` is how a container on this machine calls it; nobody can register that name.
 */
export function isFromThisMachine({ host, origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>): boolean {
  return host !== undefined && isLocalUrl(`http://${host}`) && (origin === undefined || isLocalUrl(origin));
}

const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]', 'host.docker.internal'];

function isLocalUrl(url: string): boolean {
  return URL.canParse(url) && LOCAL_NAMES.includes(new URL(url).hostname);
}

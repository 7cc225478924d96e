import type { EDITIONS } from '../options.ts';

export type Edition = (typeof EDITIONS)[number];

/** The account of every tenant. */
export const SAAS_ACCOUNT = 'conjur';
/** The branch that is a tenant's own: nobody loads policy above it. */
export const SAAS_BRANCH = 'data';

/** `<tenant>.secretsmgr.cyberark.cloud`, `<tenant>-secretsmanager.cyberark.cloud`, and the vendor's environments before production. */
const TENANT = /^[\w-]+(?:\.secretsmgr|-secretsmanager)\.(?:(?:integration|test|dev|sandbox|pt)-)?cyberark\.cloud$/;

/** Whether a server is the vendor's service, by its host name: nothing has to be asked for that, and no write has to fail first. */
export function isTenant({ hostname }: URL): boolean {
  return TENANT.test(hostname);
}

/** The service's API stands below `/api`. */
export function toApiUrl(url: URL): URL {
  const path = url.pathname.replace(/\/+$/, '');
  if (path.endsWith('/api')) return url;
  const api = new URL(url);
  // Not resolved like a link: `//x/api` would be another host, and the credential would go there.
  api.pathname = `${path}/api`;
  return api;
}

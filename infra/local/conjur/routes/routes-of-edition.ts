import { type Edition, SAAS_ACCOUNT } from '../edition.ts';
import type { Route } from '../http/route.ts';
import { ROUTES } from './routes.ts';
import { staticSecretRoutes } from './v2/static-secret-routes.ts';

/** The second API names the account in its paths, but not on the service. */
const WITHOUT_ACCOUNT = /^\/(?:branches|groups|authenticators)\/:account/;
/** The service has no certificates to log in with, no status page, no effective policy and no public keys. */
const SELF_HOSTED_ONLY = /^\/(?:authn-cert\/.*|public_keys\/.*|)$/;

/** What a server of this edition answers. */
export function routesOf(edition: Edition): readonly Route[] {
  if (edition === 'self-hosted') return ROUTES;
  const kept = ROUTES.filter(({ method, path }) => {
    const isEffectivePolicy = method === 'GET' && path.startsWith('/policies/');
    return !SELF_HOSTED_ONLY.test(path) && path !== '/authenticators' && !isEffectivePolicy;
  });
  return [
    ...staticSecretRoutes,
    ...kept.map((route) => (WITHOUT_ACCOUNT.test(route.path) ? nameAccount(route) : route)),
  ];
}

function nameAccount(route: Route): Route {
  return {
    method: route.method,
    path: route.path.replace('/:account', ''),
    handle: (input) => route.handle({ ...input, params: { ...input.params, account: SAAS_ACCOUNT } }),
  };
}

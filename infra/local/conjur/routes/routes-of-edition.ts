import { SAAS_ACCOUNT } from '../edition.ts';
import type { Route } from '../http/route.ts';
import type { ServerContext } from '../server-context.ts';
import type { Behaviour } from '../server-version.ts';
import { issuerRoutes } from './issuer-routes.ts';
import { ROUTES } from './routes.ts';
import { staticSecretRoutes } from './v2/static-secret-routes.ts';

/** The second API names the account in its paths, but not on the service. */
const WITHOUT_ACCOUNT = /^\/(?:branches|groups|authenticators)\/:account/;
/** The service has no certificates to log in with, no status page, no effective policy and no public keys. */
const SELF_HOSTED_ONLY = /^\/(?:authn-cert\/.*|public_keys\/.*|authenticators|)$/;

/** What a server of this edition, version and set-up answers. */
export function routesOf({ edition, behaviour, isDynamicSecretsOn }: ServerContext): readonly Route[] {
  const optional = isDynamicSecretsOn ? issuerRoutes : [];
  if (edition === 'self-hosted') return [...optional, ...ROUTES.filter((route) => isThere(route, behaviour))];
  const kept = ROUTES.filter((route) => !SELF_HOSTED_ONLY.test(route.path) && !isEffectivePolicy(route));
  return [
    ...optional,
    ...staticSecretRoutes,
    ...kept.map((route) => (WITHOUT_ACCOUNT.test(route.path) ? nameAccount(route) : route)),
  ];
}

/** Whether a self-hosted server of this version has the route. */
function isThere(route: Route, behaviour: Behaviour): boolean {
  if (WITHOUT_ACCOUNT.test(route.path)) return behaviour.hasV2;
  if (isEffectivePolicy(route)) return behaviour.hasDryRun;
  if (route.path.startsWith('/public_keys/')) return behaviour.hasPublicKeys;
  return route.method !== 'GET' || route.path !== '/authn/:account/api_key' || behaviour.hasLastRotation;
}

function isEffectivePolicy({ method, path }: Route): boolean {
  return method === 'GET' && path.startsWith('/policies/');
}

function nameAccount(route: Route): Route {
  return {
    method: route.method,
    path: route.path.replace('/:account', ''),
    handle: (input) => route.handle({ ...input, params: { ...input.params, account: SAAS_ACCOUNT } }),
  };
}

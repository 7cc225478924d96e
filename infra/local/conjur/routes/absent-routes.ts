import { jsonReply, type Reply } from '../http/reply.ts';
import { codedError } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';

/** Authenticators of a genuine Conjur that need a service of somebody else's. They say that they are not there. */
export const absentRoutes: readonly Route[] = [
  // A genuine Conjur leaves out whose provider it cannot ask.
  { method: 'GET', path: '/authn-oidc/:account/providers', handle: () => jsonReply(200, []) },
  { method: 'GET', path: '/authn-oidc/:service/:account/authenticate', handle: notThere('authn-oidc') },
  { method: 'POST', path: '/authn-k8s/:service/:account/:login/authenticate', handle: notThere('authn-k8s') },
  { method: 'POST', path: '/authn-k8s/:service/inject_client_cert', handle: notThere('authn-k8s') },
  { method: 'POST', path: '/ca/:account/:service/sign', handle: notThere('the certificate authority') },
];

function notThere(what: string): (input: RouteInput) => Reply {
  return () => {
    throw codedError(404, 'not_found', `The local Conjur does not have ${what}.`);
  };
}

import type { ServiceLogin } from '../authn/authorize-service.ts';
import { authenticateByCertificate } from '../authn/certificate-authenticator.ts';
import { authenticateByIam } from '../authn/iam-authenticator.ts';
import { authenticateByJwt } from '../authn/jwt-authenticator.ts';
import { acceptsBase64 } from '../http/conjur-request.ts';
import type { Reply } from '../http/reply.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { issueToken } from './authn-routes.ts';

/** Logging in through an authenticator service: a JWT, a signed AWS request or a client certificate. */
export const authenticatorRoutes: readonly Route[] = [
  { method: 'POST', path: '/authn-jwt/:service/:account/authenticate', handle: byJwt },
  { method: 'POST', path: '/authn-jwt/:service/:account/:login/authenticate', handle: byJwt },
  { method: 'POST', path: '/authn-iam/:service/:account/:login/authenticate', handle: byIam },
  { method: 'POST', path: '/authn-cert/:service/:account/authenticate', handle: byCertificate },
  { method: 'POST', path: '/authn-cert/:service/:account/:login/authenticate', handle: byCertificate },
];

async function byJwt(input: RouteInput): Promise<Reply> {
  const jwt = new URLSearchParams(input.request.body.toString()).get('jwt');
  return issue(input, await authenticateByJwt(input.context, loginOf(input, 'authn-jwt'), input.params.login, jwt));
}

function byIam(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  return issue(
    input,
    authenticateByIam(context, loginOf(input, 'authn-iam'), params.login ?? '', request.body.toString()),
  );
}

function byCertificate(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  return issue(input, authenticateByCertificate(context, loginOf(input, 'authn-cert'), params.login, request.socket));
}

function issue(input: RouteInput, roleId: string): Promise<Reply> {
  return issueToken(input.context, roleId, acceptsBase64(input.request));
}

function loginOf({ params, request }: RouteInput, authenticator: string): ServiceLogin {
  return { authenticator, service: params.service ?? '', account: params.account ?? '', clientIp: request.clientIp };
}

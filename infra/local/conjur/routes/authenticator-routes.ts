import { authenticateByCertificate } from '../authn/certificate-authenticator.ts';
import { authenticateByIam } from '../authn/iam-authenticator.ts';
import { authenticateByJwt } from '../authn/jwt-authenticator.ts';
import type { Reply } from '../http/reply.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { formField, issueTo, toServiceLogin } from './service-login.ts';

/** Logging in through an authenticator service: a JWT, a signed AWS request or a client certificate. */
export const authenticatorRoutes: readonly Route[] = [
  { method: 'POST', path: '/authn-jwt/:service/:account/authenticate', handle: byJwt },
  { method: 'POST', path: '/authn-jwt/:service/:account/:login/authenticate', handle: byJwt },
  { method: 'POST', path: '/authn-iam/:service/:account/:login/authenticate', handle: byIam },
  { method: 'POST', path: '/authn-cert/:service/:account/authenticate', handle: byCertificate },
  { method: 'POST', path: '/authn-cert/:service/:account/:login/authenticate', handle: byCertificate },
];

async function byJwt(input: RouteInput): Promise<Reply> {
  const jwt = formField(input, 'jwt');
  return issueTo(
    input,
    await authenticateByJwt(input.context, toServiceLogin(input, 'authn-jwt'), input.params.login, jwt),
  );
}

function byIam(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  return issueTo(
    input,
    authenticateByIam(context, toServiceLogin(input, 'authn-iam'), params.login ?? '', request.body.toString()),
  );
}

function byCertificate(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  return issueTo(
    input,
    authenticateByCertificate(context, toServiceLogin(input, 'authn-cert'), params.login, request.socket),
  );
}

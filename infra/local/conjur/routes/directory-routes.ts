import type { ServiceLogin } from '../authn/authorize-service.ts';
import { authenticateByAzure } from '../authn/azure-authenticator.ts';
import { authenticateByGcp } from '../authn/gcp-authenticator.ts';
import { authenticateByLdap, exchangeLdapPassword } from '../authn/ldap-authenticator.ts';
import { authenticateByOidc } from '../authn/oidc-authenticator.ts';
import { acceptsBase64 } from '../http/conjur-request.ts';
import { type Reply, textReply } from '../http/reply.ts';
import { unauthorized } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { issueToken } from './authn-routes.ts';
import { parseBasicAuthorization } from './basic-authorization.ts';

/** Logging in with what a cloud, an identity provider or a directory knows. */
export const directoryRoutes: readonly Route[] = [
  { method: 'POST', path: '/authn-azure/:service/:account/:login/authenticate', handle: byAzure },
  { method: 'POST', path: '/authn-gcp/:account/authenticate', handle: byGcp },
  { method: 'POST', path: '/authn-oidc/:service/:account/authenticate', handle: byOidc },
  { method: 'POST', path: '/authn-ldap/:service/:account/:login/authenticate', handle: byLdap },
  { method: 'GET', path: '/authn-ldap/:service/:account/login', handle: ldapLogin },
];

async function byAzure(input: RouteInput): Promise<Reply> {
  const { context, params } = input;
  return issue(
    input,
    await authenticateByAzure(context, loginOf(input, 'authn-azure'), String(params.login), field(input, 'jwt')),
  );
}

async function byGcp(input: RouteInput): Promise<Reply> {
  return issue(input, await authenticateByGcp(input.context, loginOf(input, 'authn-gcp'), field(input, 'jwt')));
}

async function byOidc(input: RouteInput): Promise<Reply> {
  return issue(input, await authenticateByOidc(input.context, loginOf(input, 'authn-oidc'), field(input, 'id_token')));
}

function byLdap(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  const secret = request.body.toString();
  return issue(input, authenticateByLdap(context, loginOf(input, 'authn-ldap'), String(params.login), secret));
}

function ldapLogin(input: RouteInput): Reply {
  const basic = parseBasicAuthorization(input.request.headers.authorization);
  if (basic === undefined) throw unauthorized();
  return textReply(200, exchangeLdapPassword(input.context, loginOf(input, 'authn-ldap'), basic.login, basic.password));
}

function field({ request }: RouteInput, name: string): string | null {
  return new URLSearchParams(request.body.toString()).get(name);
}

function issue(input: RouteInput, roleId: string): Promise<Reply> {
  return issueToken(input.context, roleId, acceptsBase64(input.request));
}

function loginOf({ params, request }: RouteInput, authenticator: string): ServiceLogin {
  return { authenticator, service: params.service ?? '', account: params.account ?? '', clientIp: request.clientIp };
}

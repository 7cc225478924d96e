import { authenticateByAzure } from '../authn/azure-authenticator.ts';
import { authenticateByGcp } from '../authn/gcp-authenticator.ts';
import { authenticateByLdap, exchangeLdapPassword } from '../authn/ldap-authenticator.ts';
import { authenticateByOidc } from '../authn/oidc-authenticator.ts';
import { type Reply, textReply } from '../http/reply.ts';
import { unauthorized } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { parseBasicAuthorization } from './basic-authorization.ts';
import { formField, issueTo, toServiceLogin } from './service-login.ts';

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
  return issueTo(
    input,
    await authenticateByAzure(
      context,
      toServiceLogin(input, 'authn-azure'),
      String(params.login),
      formField(input, 'jwt'),
    ),
  );
}

async function byGcp(input: RouteInput): Promise<Reply> {
  return issueTo(
    input,
    await authenticateByGcp(input.context, toServiceLogin(input, 'authn-gcp'), formField(input, 'jwt')),
  );
}

async function byOidc(input: RouteInput): Promise<Reply> {
  return issueTo(
    input,
    await authenticateByOidc(input.context, toServiceLogin(input, 'authn-oidc'), formField(input, 'id_token')),
  );
}

function byLdap(input: RouteInput): Promise<Reply> {
  const { context, params, request } = input;
  const secret = request.body.toString();
  return issueTo(input, authenticateByLdap(context, toServiceLogin(input, 'authn-ldap'), String(params.login), secret));
}

function ldapLogin(input: RouteInput): Reply {
  const basic = parseBasicAuthorization(input.request.headers.authorization);
  if (basic === undefined) throw unauthorized();
  return textReply(
    200,
    exchangeLdapPassword(input.context, toServiceLogin(input, 'authn-ldap'), basic.login, basic.password),
  );
}

import { toLogin } from '../authn/login.ts';
import { parseBodyParameters } from '../http/body-parameters.ts';
import { queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { forbidden, ReplyError, unauthorized } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { ServerContext } from '../server-context.ts';
import { createAuthenticatorConfig } from '../store/authenticator-config.ts';
import { currentRole } from './current-role.ts';

/** Switching authenticator services on and off, and asking whether one is set up. */
export const authenticatorConfigRoutes: readonly Route[] = [
  { method: 'PATCH', path: '/:authenticator{authn[\\w%.-]*}/:account', handle: update },
  { method: 'PATCH', path: '/:authenticator{authn[\\w%.-]*}/:service/:account', handle: update },
  { method: 'GET', path: '/:authenticator{authn[\\w%.-]*}/:account/status', handle: status },
  { method: 'GET', path: '/:authenticator{authn[\\w%.-]*}/:service/:account/status', handle: status },
];

/** Authenticators that can say whether a service of theirs is set up. */
const WITH_STATUS = ['authn-azure', 'authn-gcp', 'authn-jwt', 'authn-ldap', 'authn-oidc'];
const WITHOUT_STATUS = ['authn', 'authn-cert', 'authn-iam', 'authn-k8s'];

/** Variables of an authn-jwt service that must have a value where the policy declares them. */
const JWT_VARIABLES = [
  'public-keys',
  'jwks-uri',
  'provider-uri',
  'issuer',
  'audience',
  'token-app-property',
  'identity-path',
];

function update(input: RouteInput): Reply {
  const { context, request } = input;
  const roleId = currentRole(input);
  const id = webserviceId(input);
  // The server does not say what is wrong: all of it is a failed login.
  if (!context.resources.exists(id)) throw unauthorized();
  if (!context.permissions.isAllowed(roleId, 'update', id)) throw forbidden();
  const enabled = parseBodyParameters(request).enabled ?? queryValue(request, 'enabled');
  createAuthenticatorConfig(context).setEnabled(id, String(enabled).trim().toLowerCase() === 'true');
  return emptyReply(204);
}

function status(input: RouteInput): Reply {
  const { context, params } = input;
  const roleId = currentRole(input);
  const name = serviceName(input);
  const type = String(params.authenticator).split('/')[0] ?? '';
  if (WITHOUT_STATUS.includes(type))
    throw failed(
      501,
      'Authentication::StatusNotSupported',
      `CONJ00056E Status check not supported for authenticator '${type}'`,
    );
  if (!WITH_STATUS.includes(type))
    throw failed(
      404,
      'Authentication::AuthenticatorNotSupported',
      `CONJ00001E '${type}' is not a supported authenticator`,
    );
  requireWebservice(context, `${name}/status`);
  const statusId = `${context.account}:webservice:conjur/${name}/status`;
  if (!context.permissions.isAllowed(roleId, 'read', statusId)) {
    const problem = `CONJ00006E '${toLogin(roleId)}' does not have 'read' privilege on ${name}/status`;
    throw failed(403, 'Authentication::Security::RoleNotAuthorizedOnResource', problem);
  }
  requireWebservice(context, name);
  if (!createAuthenticatorConfig(context).isEnabled(webserviceId(input)))
    throw failed(500, 'Authentication::Security::AuthenticatorNotWhitelisted', `CONJ00004E '${name}' is not enabled`);
  if (type === 'authn-jwt') requireValues(context, name);
  return jsonReply(200, { status: 'ok' });
}

function requireWebservice({ account, resources }: ServerContext, name: string): void {
  if (resources.exists(`${account}:webservice:conjur/${name}`)) return;
  throw failed(404, 'Authentication::Security::WebserviceNotFound', `CONJ00005E Webservice '${name}' not found`);
}

function requireValues({ account, resources, secrets }: ServerContext, name: string): void {
  const ids = JWT_VARIABLES.map((variable) => `${account}:variable:conjur/${name}/${variable}`);
  const missing = ids.find((id) => resources.exists(id) && secrets.read(id) === undefined);
  if (missing === undefined) return;
  throw failed(500, 'Conjur::RequiredSecretMissing', `CONJ00037E Missing value for resource: ${missing}`);
}

function failed(status: number, name: string, message: string): ReplyError {
  return new ReplyError(jsonReply(status, { status: 'error', error: `#<Errors::${name}: ${message}>` }), message);
}

/** `authn-jwt/ci`; a client may also send the slash encoded. */
function serviceName({ params }: RouteInput): string {
  return params.service === undefined ? String(params.authenticator) : `${params.authenticator}/${params.service}`;
}

function webserviceId(input: RouteInput): string {
  return `${input.params.account}:webservice:conjur/${serviceName(input)}`;
}

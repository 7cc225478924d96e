import { authenticateByApiKey, authenticateByPassword } from '../authn/api-key-authenticator.ts';
import { isSocketAuthorized } from '../authn/certificate-authenticator.ts';
import { toLogin, toRoleId } from '../authn/login.ts';
import { refuseLogin } from '../authn/refuse-login.ts';
import { acceptsBase64, queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply, textReply } from '../http/reply.ts';
import { codedError, forbidden, internalError, ReplyError, unauthorized } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { ServerContext } from '../server-context.ts';
import { parseBasicAuthorization } from './basic-authorization.ts';
import { roleExists } from './current-role.ts';
import { toFullRoleId } from './full-role-id.ts';

/** Logging in with an api key, and changing api keys and passwords. */
export const authnRoutes: readonly Route[] = [
  { method: 'POST', path: '/authn/:account/:login/authenticate', handle: authenticate },
  { method: 'GET', path: '/:authenticator{authn[\\w-]*}/:account/login', handle: login },
  { method: 'GET', path: '/:authenticator{authn[\\w-]*}/:service/:account/login', handle: login },
  { method: 'PUT', path: '/authn/:account/password', handle: changePassword },
  { method: 'PUT', path: '/authn/:account/api_key', handle: rotate },
  { method: 'GET', path: '/authn/:account/api_key', handle: lastRotation },
];

function authenticate({ context, request, params }: RouteInput): Reply | Promise<Reply> {
  const attempt = { account: String(params.account), login: String(params.login), clientIp: request.clientIp };
  if (context.isCertificateNeeded && !isSocketAuthorized(request.socket)) {
    throw refuseLogin(context.log, 'authn', `${attempt.login} has shown no client certificate`);
  }
  const roleId = authenticateByApiKey(context.credentials, attempt, request.body.toString());
  if (roleId === undefined) throw refuseLogin(context.log, 'authn', `wrong login or api key of ${attempt.login}`);
  if (isApiKeyOff(context, roleId)) throw refuseLogin(context.log, 'authn', `the api key of ${attempt.login} is off`);
  return issueToken(context, roleId, acceptsBase64(request));
}

function isApiKeyOff({ behaviour, resources }: ServerContext, roleId: string): boolean {
  if (!behaviour.canApiKeysBeOff) return false;
  return resources.annotation(roleId, 'authn/api-key')?.toLowerCase() === 'false';
}

/** A fresh token as the answer of a login: JSON, or base64 that is ready for the `Authorization` header. */
export async function issueToken(context: ServerContext, roleId: string, isBase64: boolean): Promise<Reply> {
  const token = await context.tokens.issue(toLogin(roleId));
  if (!isBase64) return jsonReply(200, token);
  return textReply(200, Buffer.from(JSON.stringify(token)).toString('base64'), { 'content-encoding': 'base64' });
}

/** Basic auth in, api key out. LDAP is the only other authenticator that knows a login, and no policy can enable it here. */
function login(input: RouteInput): Reply {
  const { authenticator, service } = input.params;
  if (parseBasicAuthorization(input.request.headers.authorization) === undefined) throw unauthorized();
  if (authenticator !== 'authn' && authenticator !== 'authn-ldap') throw internalError();
  if (authenticator !== 'authn' || service !== undefined) {
    throw refuseLogin(input.context.log, `${authenticator}/${service ?? ''}`, 'the service is not enabled');
  }
  const roleId = basicRole(input);
  if (roleId === undefined) throw unauthorized();
  return textReply(200, input.context.credentials.find(roleId)?.apiKey ?? '');
}

function changePassword(input: RouteInput): Reply {
  const { context, request } = input;
  const roleId = basicRole(input);
  if (roleId === undefined) throw unauthorized();
  if (!toRoleKind(roleId, 'user')) throw forbidden();
  const password = request.body.toString();
  if (!isStrongPassword(password)) throw weakPassword();
  context.credentials.setPassword(roleId, password);
  return emptyReply(204);
}

/** What Conjur demands of a password: 12 to 128 characters, two of each case, a digit and a special character. */
function isStrongPassword(password: string): boolean {
  const needed = [/^[\s\S]{12,128}$/, /[A-Z].*[A-Z]/s, /[a-z].*[a-z]/s, /\d/, /[^A-Za-z0-9]/];
  return needed.every((pattern) => pattern.test(password));
}

function weakPassword(): ReplyError {
  const problem =
    'CONJ00046E The password you have chosen does not meet the complexity requirements. ' +
    'Choose a password that includes: 12-128 characters, 2 uppercase letters, ' +
    '2 lowercase letters, 1 digit and 1 special character';
  const details = [{ code: 'validation_failed', target: 'password', message: problem }];
  return new ReplyError(
    jsonReply(422, { error: { code: 'validation_failed', message: `password ${problem}`, details } }),
  );
}

function rotate(input: RouteInput): Reply {
  const roleId = managedRole(input);
  return textReply(200, input.context.credentials.rotate(roleId));
}

function lastRotation(input: RouteInput): Reply {
  const roleId = managedRole(input);
  const updatedAt = input.context.credentials.find(roleId)?.updatedAt ?? '';
  return jsonReply(200, { role: roleId, timestamp: updatedAt.replace(/\.\d+/, '') });
}

/**
 * The role whose api key the request is about. With basic auth that is one's own; with a token it must be another's, on
 * which one holds `update`.
 */
function managedRole(input: RouteInput): string {
  const { context, request, params } = input;
  const viaBasic = basicRole(input);
  const own = viaBasic ?? tokenRole(input);
  if (own === undefined) throw unauthorized();
  const given = queryValue(request, 'role');
  const roleId = given === undefined ? own : toFullRoleId(given, String(params.account));
  if (!roleExists(context.database, roleId)) throw resourceNotFound(given ?? roleId, own);
  if (roleId === own) {
    if (viaBasic === undefined) throw codedError(401, 'unauthorized', 'Credential strength is insufficient');
  } else {
    if (viaBasic !== undefined) throw unauthorized();
    if (context.edition === 'saas') throw forbidden();
    authorizeUpdate(context, own, roleId);
  }
  if (context.credentials.find(roleId) === undefined) throw noKeyToRotate(roleId);
  return roleId;
}

function authorizeUpdate({ permissions, credentials }: ServerContext, own: string, roleId: string): void {
  if (!permissions.isVisible(own, roleId)) throw resourceNotFound(roleId, own);
  const hasCredentials = credentials.find(roleId) !== undefined;
  if (!hasCredentials && permissions.isAllowed(own, 'read', roleId)) throw forbidden();
  if (!permissions.isAllowed(own, 'update', roleId)) throw forbidden();
}

function resourceNotFound(roleId: string, askedBy: string): ReplyError {
  return codedError(404, 'not_found', `CONJ00123E Resource '${roleId}' requested by role '${askedBy}' not found`);
}

function noKeyToRotate(roleId: string): ReplyError {
  return codedError(405, 'method_not_allowed', `CONJ00126E Role '${roleId}' is not applicable for key rotation`);
}

function basicRole({ context, request, params }: RouteInput): string | undefined {
  const basic = parseBasicAuthorization(request.headers.authorization);
  if (basic === undefined) return undefined;
  const attempt = { account: String(params.account), login: basic.login, clientIp: request.clientIp };
  const roleId = authenticateByPassword(context.credentials, attempt, basic.password);
  if (roleId === undefined) throw unauthorized();
  return roleId;
}

function tokenRole({ context, claims }: RouteInput): string | undefined {
  if (claims === undefined) return undefined;
  const roleId = toRoleId(context.account, claims.login);
  return roleExists(context.database, roleId) ? roleId : undefined;
}

function toRoleKind(roleId: string, kind: string): boolean {
  return roleId.split(':', 2)[1] === kind;
}

import { emptyReply } from '../http/reply.ts';
import { ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { authorizeService, refuse, requireService, type ServiceLogin, serviceVariable } from './authorize-service.ts';
import { verifyCloudToken } from './cloud-keys.ts';
import { toRoleId } from './login.ts';

/**
 * Logs in with an id token that the program brings. The variables `provider-uri` and `id-token-user-property` of the service
 * say who issued it and which claim is the login.
 *
 * @param idToken the `id_token` field of the form; null when there is none.
 * @returns the role that logs in.
 * @throws {ReplyError} 400 without a token, 401 for any other reason.
 */
export async function authenticateByOidc(
  context: ServerContext,
  login: ServiceLogin,
  idToken: string | null,
): Promise<string> {
  // Since then a server must be told to let id tokens in.
  if (!context.behaviour.areIdTokensTaken) throw refuse(context, login, 'id tokens are off by default since 1.26.1');
  if (!idToken) throw new ReplyError(emptyReply(400));
  requireService(context, login);
  const provider = serviceVariable(context, login, 'provider-uri');
  const property = serviceVariable(context, login, 'id-token-user-property');
  if (provider === undefined || property === undefined)
    throw refuse(context, login, 'the variables provider-uri and id-token-user-property need a value');
  const claims = await verifyCloudToken(context, login, idToken, provider);
  const name = claims[property];
  if (typeof name !== 'string') throw refuse(context, login, `the token has no text claim ${property}`);
  const roleId = toRoleId(login.account, name);
  authorizeService(context, login, roleId);
  return roleId;
}

import { timingSafeEqual } from 'node:crypto';
import { emptyReply } from '../http/reply.ts';
import { ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import { authorizeService, refuse, requireService, type ServiceLogin } from './authorize-service.ts';
import { toRoleId } from './login.ts';

/**
 * Logs in a user whose password the table knows; the api key that a login gave is as good.
 *
 * @returns the role that logs in.
 * @throws {ReplyError} 400 without a password, 401 for any other reason.
 */
export function authenticateByLdap(context: ServerContext, login: ServiceLogin, user: string, secret: string): string {
  if (secret === '') throw new ReplyError(emptyReply(400));
  const roleId = authorize(context, login, user);
  if (!context.credentials.isApiKey(roleId, secret) && !isPassword(context, user, secret))
    throw refuse(context, login, `wrong password of ${user}`);
  return roleId;
}

/** The api key of a user whose password the table knows. @throws {ReplyError} 401 */
export function exchangeLdapPassword(
  context: ServerContext,
  login: ServiceLogin,
  user: string,
  password: string,
): string {
  const roleId = authorize(context, login, user);
  if (!isPassword(context, user, password)) throw refuse(context, login, `wrong password of ${user}`);
  return context.credentials.find(roleId)?.apiKey ?? '';
}

function authorize(context: ServerContext, login: ServiceLogin, user: string): string {
  requireService(context, login);
  const roleId = toRoleId(login.account, user);
  authorizeService(context, login, roleId);
  return roleId;
}

function isPassword({ ldap }: ServerContext, user: string, password: string): boolean {
  const passwords = ldap?.passwords ?? {};
  const known = Object.hasOwn(passwords, user) ? Buffer.from(String(passwords[user])) : undefined;
  const given = Buffer.from(password);
  return known !== undefined && known.length === given.length && timingSafeEqual(known, given);
}

import { toRoleId } from '../authn/login.ts';
import { forbidden, recordNotFound, unauthorized } from '../http/reply-error.ts';
import type { RouteInput } from '../http/route.ts';

/** The role behind the request's token. 403 when it has been deleted since: a token outlives its role. */
export function currentRole({ context, claims }: RouteInput): string {
  if (claims === undefined) throw unauthorized();
  const roleId = toRoleId(context.account, claims.login);
  if (!roleExists(context.database, roleId)) throw forbidden();
  return roleId;
}

/** Whether the role is there. */
export function roleExists(database: RouteInput['context']['database'], roleId: string): boolean {
  return database.first('SELECT 1 FROM roles WHERE role_id = ?', roleId) !== undefined;
}

/** The full id that the path names, when the role can see it; otherwise 404, as if it did not exist. */
export function visibleResource(input: RouteInput, roleId: string): string {
  const { account, kind, identifier } = input.params;
  const id = `${account}:${kind}:${identifier}`;
  if (!input.context.permissions.isVisible(roleId, id)) throw recordNotFound(id);
  return id;
}

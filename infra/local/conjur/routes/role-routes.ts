import { forbidden, noRoute, recordNotFound } from '../http/conjur-error.ts';
import { queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { Row } from '../store/database.ts';
import { currentRole, roleExists } from './current-role.ts';
import { toFullRoleId } from './full-role-id.ts';

const PATH = '/roles/:account/:kind{(?:user|host|layer|group|policy|host_factory)}/:identifier{.+}';
const MEMBERSHIP = 'admin_option, ownership, role_id AS role, member_id AS member, policy_id AS policy';

/** Looking at roles and their members, and changing members without a policy. */
export const roleRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, handle: show },
  { method: 'POST', path: PATH, handle: addMember },
  { method: 'DELETE', path: PATH, handle: removeMember },
];

function show(input: RouteInput): Reply {
  const { context, request } = input;
  currentRole(input);
  const roleId = existingRole(input);
  if (request.query.has('graph')) return jsonReply(200, context.permissions.graph(roleId));
  if (request.query.has('all')) return reply(input, ofFilter(input, context.permissions.allRoles(roleId)));
  if (request.query.has('memberships')) return reply(input, memberships(input, roleId));
  if (request.query.has('members')) return reply(input, page(input, members(input, roleId)));
  const role = context.database.first(
    'SELECT created_at, role_id AS id, policy_id FROM roles WHERE role_id = ?',
    roleId,
  );
  const policy = role?.policy_id === null ? {} : { policy: role?.policy_id };
  return jsonReply(200, { created_at: role?.created_at, id: roleId, ...policy, members: members(input, roleId) });
}

function existingRole({ context, params }: RouteInput): string {
  const id = `${params.account}:${params.kind}:${params.identifier}`;
  if (!roleExists(context.database, id)) throw recordNotFound(id);
  return id;
}

function reply({ request }: RouteInput, list: unknown[]): Reply {
  return jsonReply(200, request.query.has('count') ? { count: list.length } : list);
}

function members({ context, request }: RouteInput, roleId: string): Record<string, unknown>[] {
  const rows = context.database.all(
    `SELECT ${MEMBERSHIP} FROM role_memberships WHERE role_id = ? ORDER BY member_id`,
    roleId,
  );
  const kinds = request.query.getAll('kind').concat(request.query.getAll('kind[]'));
  return rows
    .filter((row) => kinds.length === 0 || kinds.includes(String(row.member).split(':')[1] ?? ''))
    .map(toMembership);
}

function memberships(input: RouteInput, roleId: string): Record<string, unknown>[] {
  const sql = `SELECT ${MEMBERSHIP} FROM role_memberships WHERE member_id = ? ORDER BY role_id`;
  const rows = input.context.database.all(sql, roleId);
  const wanted = new Set(
    ofFilter(
      input,
      rows.map((row) => String(row.role)),
    ),
  );
  return rows.filter((row) => wanted.has(String(row.role))).map(toMembership);
}

/** Only the roles that `filter` names, where it is given. */
function ofFilter({ context, request }: RouteInput, roles: string[]): string[] {
  const given = [...request.query.getAll('filter'), ...request.query.getAll('filter[]')];
  if (given.length === 0) return roles;
  const wanted = new Set(given.map((id) => toFullRoleId(id, context.account)));
  return roles.filter((role) => wanted.has(role));
}

function page<T>({ request }: RouteInput, list: T[]): T[] {
  const limit = queryValue(request, 'limit');
  const offset = Number(queryValue(request, 'offset') ?? 0);
  if (limit === undefined && !request.query.has('offset')) return list;
  return list.slice(offset, offset + Number(limit ?? 10));
}

function toMembership({ admin_option, ownership, role, member, policy }: Row): Record<string, unknown> {
  const flags = { admin_option: admin_option === 1, ownership: ownership === 1 };
  return { ...flags, role, member, ...(policy === null ? {} : { policy }) };
}

function addMember(input: RouteInput): Reply {
  const { context } = input;
  const { roleId, memberId } = authorizeChange(input, 'create');
  if (!roleExists(context.database, memberId)) throw recordNotFound(memberId);
  context.database.run(
    'INSERT OR IGNORE INTO role_memberships (role_id, member_id, admin_option, ownership) VALUES (?, ?, 0, 0)',
    ...[roleId, memberId],
  );
  return emptyReply(204);
}

function removeMember(input: RouteInput): Reply {
  const { context } = input;
  const { roleId, memberId } = authorizeChange(input, 'update');
  const sql = 'DELETE FROM role_memberships WHERE role_id = ? AND member_id = ?';
  if (context.database.run(sql, roleId, memberId) === 0) throw recordNotFound(memberId);
  return emptyReply(204);
}

/** Members may be changed by who may change the policy that the role comes from. They are named by their full id. */
function authorizeChange(input: RouteInput, privilege: string): { roleId: string; memberId: string } {
  const { context, request } = input;
  if (!request.query.has('members')) throw noRoute();
  const own = currentRole(input);
  const roleId = existingRole(input);
  const policy = context.database.first('SELECT policy_id FROM resources WHERE resource_id = ?', roleId)?.policy_id;
  if (typeof policy !== 'string' || !context.permissions.isAllowed(own, privilege, policy)) throw forbidden();
  return { roleId, memberId: queryValue(request, 'member') ?? '' };
}

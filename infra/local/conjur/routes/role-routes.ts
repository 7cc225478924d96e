import { queryValue, toInteger } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { forbidden, internalError, noRoute, recordNotFound } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { Row } from '../store/database.ts';
import { toMatchQuery } from '../store/search-terms.ts';
import { currentRole, roleExists, visibleResource } from './current-role.ts';
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
  const own = currentRole(input);
  const roleId = visibleRole(input, own);
  if (request.query.has('graph')) return jsonReply(200, context.permissions.graph(roleId, own));
  if (request.query.has('all')) return reply(input, ofFilter(input, context.permissions.allRoles(roleId)));
  if (request.query.has('memberships')) return reply(input, memberships(input, roleId));
  if (request.query.has('members')) return replyPage(input, findMemberships(input, 'role_id', roleId));
  const role = context.database.first(
    'SELECT created_at, role_id AS id, policy_id FROM roles WHERE role_id = ?',
    roleId,
  );
  const policy = role?.policy_id === null ? {} : { policy: role?.policy_id };
  return jsonReply(200, { created_at: role?.created_at, id: roleId, ...policy, members: allMembers(input, roleId) });
}

/** A role that the asking role cannot see as a resource is not there for it: 404. */
function visibleRole(input: RouteInput, own: string): string {
  const id = visibleResource(input, own);
  if (!roleExists(input.context.database, id)) throw internalError();
  return id;
}

function reply({ request }: RouteInput, list: unknown[]): Reply {
  return jsonReply(200, request.query.has('count') ? { count: list.length } : list);
}

function allMembers({ context }: RouteInput, roleId: string): Record<string, unknown>[] {
  const sql = `SELECT ${MEMBERSHIP} FROM role_memberships WHERE role_id = ? ORDER BY member_id`;
  return context.database.all(sql, roleId).map(toMembership);
}

/** Memberships of one side, narrowed by what the query says of the other: `kind` (also as a list) and `search`. */
function findMemberships({ context, request }: RouteInput, side: 'role_id' | 'member_id', roleId: string) {
  const other = side === 'role_id' ? 'member_id' : 'role_id';
  const search = queryValue(request, 'search');
  const found = search === undefined ? undefined : toMatchQuery(search);
  if (search !== undefined && found === undefined) return [];
  const condition =
    found === undefined
      ? ''
      : `AND ${other} IN (SELECT resource_id FROM resource_search WHERE resource_search MATCH ?)`;
  const sql = `SELECT ${MEMBERSHIP} FROM role_memberships WHERE ${side} = ? ${condition} ORDER BY ${other}`;
  const rows = context.database.all(sql, roleId, ...(found === undefined ? [] : [found]));
  const kinds = request.query.getAll('kind').concat(request.query.getAll('kind[]'));
  const name = other === 'role_id' ? 'role' : 'member';
  return rows
    .filter((row) => kinds.length === 0 || kinds.includes(String(row[name]).split(':')[1] ?? ''))
    .map(toMembership);
}

/** `filter` is compared with the member of a membership, which is the role itself: so does a genuine Conjur. */
function memberships(input: RouteInput, roleId: string): Record<string, unknown>[] {
  const isNamed = ofFilter(input, [roleId]).length > 0;
  return isNamed ? findMemberships(input, 'member_id', roleId) : [];
}

/** Only the roles that `filter` names, where it is given. */
function ofFilter({ context, request }: RouteInput, roles: string[]): string[] {
  const given = [...request.query.getAll('filter'), ...request.query.getAll('filter[]')];
  if (given.length === 0) return roles;
  const wanted = new Set(given.map((id) => toFullRoleId(id, context.account)));
  return roles.filter((role) => wanted.has(role));
}

/** Members in pages; a count is of all of them. */
function replyPage({ request }: RouteInput, list: unknown[]): Reply {
  if (request.query.has('count')) return jsonReply(200, { count: list.length });
  const limit = queryValue(request, 'limit');
  const offset = queryValue(request, 'offset');
  if (limit === undefined && offset === undefined) return jsonReply(200, list);
  const [size, start] = [toInteger(limit ?? '10'), toInteger(offset ?? '0')];
  // Unlike a listing of resources, a genuine Conjur does not check these before the database does.
  if (size < 1 || start < 0) throw internalError();
  return jsonReply(200, list.slice(start, start + size));
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
  const roleId = visibleRole(input, own);
  const policy = context.database.first('SELECT policy_id FROM resources WHERE resource_id = ?', roleId)?.policy_id;
  // The admin and the root policy come from no policy, which a genuine Conjur does not expect here.
  if (typeof policy !== 'string') throw internalError();
  if (!context.permissions.isAllowed(own, privilege, policy)) throw forbidden();
  return { roleId, memberId: queryValue(request, 'member') ?? '' };
}

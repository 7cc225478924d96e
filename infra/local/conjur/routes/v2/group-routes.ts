import type { Route, RouteInput } from '../../http/route.ts';
import { currentRole } from '../current-role.ts';
import { requireBranch } from './branch-routes.ts';
import { readBody, readRole, type V2Answer, v2Error, v2NotFound, v2Route } from './v2-route.ts';

const MEMBERS = ['host', 'user', 'group'];

/** Members of a group, without a policy text. Who may create in its branch may add, who may update it may remove. */
export const groupRoutes: readonly Route[] = [
  v2Route('POST', '/groups/:account/:path{.+}', add),
  v2Route('DELETE', '/groups/:account/:path{.+}', remove),
];

function add(input: RouteInput): V2Answer {
  const identifier = /^(.+)\/members$/.exec(String(input.params.path))?.[1];
  if (identifier === undefined) throw v2Error(input, 404, 'The path must end in /members');
  const body = readBody(input, { required: ['kind', 'id'] });
  requireBranch(input, parentOf(identifier), 'create');
  const member = readRole(input, body, MEMBERS);
  if (member.kind === 'group' && member.id === identifier) {
    throw v2Error(input, 422, `The group '${identifier}' cannot be a member of itself`);
  }
  const { database } = input.context;
  const { groupId, memberId } = requireBoth(input, identifier, member);
  if (isMember(input, groupId, memberId)) {
    throw v2Error(input, 409, `'/${member.id}' (kind='${member.kind}') is already a member of '${groupId}'`);
  }
  const policyId = database.first('SELECT policy_id FROM resources WHERE resource_id = ?', groupId)?.policy_id ?? null;
  const sql =
    'INSERT INTO role_memberships (role_id, member_id, admin_option, ownership, policy_id) VALUES (?, ?, 0, 0, ?)';
  database.run(sql, groupId, memberId, policyId);
  return { status: 201, body: member };
}

function remove(input: RouteInput): V2Answer {
  const [, identifier, kind, id] = /^(.+?)\/members\/([^/]+)\/(.+)$/.exec(String(input.params.path)) ?? [];
  if (identifier === undefined) throw v2Error(input, 404, 'The path must end in /members/{kind}/{id}');
  requireBranch(input, parentOf(identifier), 'update');
  const member = readRole(input, { kind, id }, MEMBERS);
  const { groupId, memberId } = requireBoth(input, identifier, member);
  const sql = 'DELETE FROM role_memberships WHERE role_id = ? AND member_id = ? AND ownership = 0';
  if (input.context.database.run(sql, groupId, memberId) === 0) {
    throw v2Error(input, 404, `'${member.id}' (kind='${member.kind}') is no member of '/${identifier}'`);
  }
  return { status: 204 };
}

function parentOf(identifier: string): string {
  const at = identifier.lastIndexOf('/');
  return at < 0 ? 'root' : identifier.slice(0, at);
}

/** The group, which must be visible (404), and the member, which must be as well (422). */
function requireBoth(input: RouteInput, identifier: string, member: { kind: string; id: string }) {
  const { account } = input.params;
  const { permissions } = input.context;
  const roleId = currentRole(input);
  const groupId = `${account}:group:${identifier}`;
  if (!permissions.isVisible(roleId, groupId)) throw v2NotFound(input, 'group', identifier);
  const memberId = `${account}:${member.kind}:${member.id.replace(/^\//, '')}`;
  if (!permissions.isVisible(roleId, memberId)) {
    throw v2Error(input, 422, v2NotFound(input, member.kind, member.id).message);
  }
  return { groupId, memberId };
}

function isMember({ context }: RouteInput, groupId: string, memberId: string): boolean {
  const sql = 'SELECT 1 FROM role_memberships WHERE role_id = ? AND member_id = ? AND ownership = 0';
  return context.database.first(sql, groupId, memberId) !== undefined;
}

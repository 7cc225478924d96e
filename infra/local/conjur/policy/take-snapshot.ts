import type { Database, Row } from '../store/database.ts';

/** A role or resource as a report shows it. */
export type Item = Readonly<Record<string, unknown>>;

/** Items by their full ids. */
export type Snapshot = ReadonlyMap<string, Item>;

/** Other kinds do not show in a report. */
const REPORTED_KINDS = new Set(['user', 'group', 'host', 'layer', 'policy', 'variable', 'webservice']);

/** Takes down all that a report may speak of, sorted by id. */
export function takeSnapshot(database: Database): Snapshot {
  const roles = new Set(database.all('SELECT role_id FROM roles').map((row) => String(row.role_id)));
  const resources = database
    .all('SELECT * FROM resources ORDER BY resource_id')
    .filter((row) => REPORTED_KINDS.has(String(row.resource_id).split(':')[1] ?? ''));
  return new Map(
    resources.map((row) => [String(row.resource_id), describe(database, row, roles.has(String(row.resource_id)))]),
  );
}

function describe(database: Database, row: Row, isRole: boolean): Item {
  const id = String(row.resource_id);
  const [, type, name] = id.split(':');
  const about = { identifier: id, id: name, type, owner: row.owner_id, policy: row.policy_id };
  const annotations = Object.fromEntries(
    database
      .all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id)
      .map((annotation) => [String(annotation.name), annotation.value]),
  );
  const permitted =
    'SELECT privilege, role_id AS other FROM permissions WHERE resource_id = ? ORDER BY role_id, privilege';
  if (!isRole) return { ...about, permitted: byPrivilege(database.all(permitted, id)), annotations };
  const held =
    'SELECT privilege, resource_id AS other FROM permissions WHERE role_id = ? ORDER BY resource_id, privilege';
  const members = 'SELECT member_id AS id FROM role_memberships WHERE role_id = ? ORDER BY member_id';
  const memberships = 'SELECT role_id AS id FROM role_memberships WHERE member_id = ? ORDER BY role_id';
  const restricted = database.first('SELECT restricted_to FROM credentials WHERE role_id = ?', id)?.restricted_to;
  return {
    ...about,
    permissions: byPrivilege(database.all(held, id)),
    annotations,
    members: database.all(members, id).map((member) => member.id),
    memberships: database.all(memberships, id).map((membership) => membership.id),
    restricted_to: JSON.parse(String(restricted ?? '[]')),
  };
}

function byPrivilege(rows: Row[]): Record<string, unknown[]> {
  return rows.reduce<Record<string, unknown[]>>((found, row) => {
    const privilege = String(row.privilege);
    found[privilege] = [...(found[privilege] ?? []), row.other];
    return found;
  }, {});
}

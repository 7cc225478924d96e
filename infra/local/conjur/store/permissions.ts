import type { Database } from './database.ts';

/** Who may do what, asked of the role graph: a role has the rights of every role it is, directly or not, a member of. */
export interface Permissions {
  /** The role itself and all roles it is a member of, through groups, layers and ownership. */
  allRoles(roleId: string): string[];
  /** Whether `memberId` is `roleId` or a member of it. */
  isMemberOf(memberId: string, roleId: string): boolean;
  /** Whether the role owns the resource or holds any privilege on it. What is not visible is "not found". */
  isVisible(roleId: string, resourceId: string): boolean;
  /** All resources that the role sees. */
  visibleResources(roleId: string): string[];
  /** Whether the role owns the resource or holds this privilege on it. */
  isAllowed(roleId: string, privilege: string, resourceId: string): boolean;
  /** Those of the resources that there are and that the role neither owns nor holds this privilege on. */
  deniedAmong(roleId: string, privilege: string, resourceIds: readonly string[]): string[];
  /**
   * Whether the role owns, or holds this privilege on, the policy and everything below it: all resources whose
   * identifier starts with the policy's and a slash. (Users are called `name@policy`, so they do not count.)
   */
  isAllowedBelow(roleId: string, privilege: string, policyId: string): boolean;
  /**
   * All memberships above and below the role, and the direct members of the roles above it: pairs of a role (`parent`)
   * and its member (`child`), sorted; only those whose role `viewer` sees.
   */
  graph(roleId: string, viewer: string): { parent: string; child: string }[];
  /** All roles that own the resource or hold the privilege on it, sorted. */
  rolesThatCan(privilege: string, resourceId: string): string[];
}

/** SQL of a table `all_roles (role_id)` for the role bound to the first placeholder. */
export const ALL_ROLES = `
WITH RECURSIVE all_roles (role_id) AS (
  SELECT ?
  UNION
  SELECT m.role_id FROM role_memberships m JOIN all_roles a ON m.member_id = a.role_id
)`;

/**
 * SQL of a table `able (role_id)`: who owns a resource or holds some privilege on it, and all members of those. It is
 * walked from the resource, not from the asking role: the admin is a member of every role there is.
 */
function able(condition: string): string {
  return `
WITH RECURSIVE able (role_id) AS (
  SELECT owner_id FROM resources WHERE resource_id = ?
  UNION
  SELECT role_id FROM permissions WHERE resource_id = ? ${condition}
  UNION
  SELECT m.member_id FROM role_memberships m JOIN able a ON m.role_id = a.role_id
)`;
}

/** Of many resources those that fail {@link ALLOWED}. Those that share an owner, as most do, are walked from there once. */
const DENIED_AMONG = `
WITH RECURSIVE holders (resource_id, role_id) AS MATERIALIZED (
  SELECT r.resource_id, r.owner_id FROM json_each(?) j JOIN resources r ON r.resource_id = j.value
  UNION ALL
  SELECT p.resource_id, p.role_id FROM json_each(?) j JOIN permissions p ON p.resource_id = j.value AND p.privilege = ?
), able (holder, role_id) AS (
  SELECT role_id, role_id FROM holders
  UNION
  SELECT a.holder, m.member_id FROM role_memberships m JOIN able a ON m.role_id = a.role_id
)
SELECT resource_id FROM holders EXCEPT
SELECT resource_id FROM holders WHERE role_id IN (SELECT holder FROM able WHERE role_id = ?)`;

const VISIBLE = `${able('')} SELECT 1 FROM able WHERE role_id = ?`;
const ALLOWED = `${able('AND privilege = ?')} SELECT 1 FROM able WHERE role_id = ?`;
const ROLES_THAT_CAN = `${able('AND privilege = ?')} SELECT role_id FROM able ORDER BY role_id`;

/** Something below a policy that the role bound to the first placeholder neither owns nor holds the privilege on. */
const DENIED_BELOW = `${ALL_ROLES}
SELECT 1 FROM (
  SELECT resource_id, owner_id, substr(rest, instr(rest, ':') + 1) AS identifier
  FROM (SELECT resource_id, owner_id, substr(resource_id, instr(resource_id, ':') + 1) AS rest FROM resources)
) r
WHERE instr(r.identifier, ? || '/') = 1
  AND r.owner_id NOT IN (SELECT role_id FROM all_roles)
  AND NOT EXISTS (
    SELECT 1 FROM permissions p JOIN all_roles a ON a.role_id = p.role_id
    WHERE p.resource_id = r.resource_id AND p.privilege = ?
  )
LIMIT 1`;

const GRAPH = `
WITH RECURSIVE above (role_id) AS (
  SELECT ? UNION SELECT m.role_id FROM role_memberships m JOIN above a ON m.member_id = a.role_id
), below (role_id) AS (
  SELECT ? UNION SELECT m.member_id FROM role_memberships m JOIN below b ON m.role_id = b.role_id
)
SELECT DISTINCT role_id AS parent, member_id AS child FROM role_memberships
WHERE role_id IN (SELECT role_id FROM above UNION SELECT role_id FROM below)
AND role_id IN (SELECT value FROM json_each(?)) ORDER BY parent, child`;

/** SQL condition on a resource `r`: `all_roles` sees it. */
export const SEEN_BY_ALL_ROLES = `(r.owner_id IN (SELECT role_id FROM all_roles) OR r.resource_id IN (
  SELECT p.resource_id FROM permissions p JOIN all_roles a ON p.role_id = a.role_id))`;

const VISIBLE_RESOURCES = `${ALL_ROLES} SELECT resource_id FROM resources r WHERE ${SEEN_BY_ALL_ROLES}`;

/** Reads permissions from the database. */
export function createPermissions(database: Database): Permissions {
  const ids = (rows: ReturnType<Database['all']>) => rows.map((row) => String(row.role_id));
  const isAllowed: Permissions['isAllowed'] = (roleId, privilege, resourceId) =>
    database.first(ALLOWED, resourceId, resourceId, privilege, roleId) !== undefined;
  const visibleResources: Permissions['visibleResources'] = (roleId) =>
    database.all(VISIBLE_RESOURCES, roleId).map((row) => String(row.resource_id));
  return {
    allRoles: (roleId) => ids(database.all(`${ALL_ROLES} SELECT role_id FROM all_roles ORDER BY role_id`, roleId)),
    isMemberOf: (memberId, roleId) =>
      database.first(`${ALL_ROLES} SELECT 1 FROM all_roles WHERE role_id = ?`, memberId, roleId) !== undefined,
    isVisible: (roleId, resourceId) => database.first(VISIBLE, resourceId, resourceId, roleId) !== undefined,
    visibleResources,
    isAllowed,
    deniedAmong(roleId, privilege, resourceIds) {
      const asked = JSON.stringify(resourceIds);
      const rows = database.all(DENIED_AMONG, asked, asked, privilege, roleId);
      return rows.map((row) => String(row.resource_id));
    },
    isAllowedBelow(roleId, privilege, policyId) {
      const identifier = policyId.split(':').slice(2).join(':');
      return (
        isAllowed(roleId, privilege, policyId) &&
        database.first(DENIED_BELOW, roleId, identifier, privilege) === undefined
      );
    },
    graph: (roleId, viewer) =>
      database
        .all(GRAPH, roleId, roleId, JSON.stringify(visibleResources(viewer)))
        .map((row) => ({ parent: String(row.parent), child: String(row.child) })),
    rolesThatCan: (privilege, resourceId) => ids(database.all(ROLES_THAT_CAN, resourceId, resourceId, privilege)),
  };
}

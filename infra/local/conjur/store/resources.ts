import type { SQLInputValue } from 'node:sqlite';
import type { Database, Row } from './database.ts';
import { createHostFactoryTokens } from './host-factory-tokens.ts';
import { ALL_ROLES, SEEN_BY_ALL_ROLES } from './permissions.ts';
import { toMatchQuery } from './search-terms.ts';

/** What a listing asks for. `limit` and `offset` are checked by the caller. */
export interface ResourceFilter {
  /** Only what this role sees. */
  readonly visibleTo: string;
  readonly account?: string | undefined;
  readonly kind?: string | undefined;
  /** Only what this role, or a role it is a member of, owns. */
  readonly owner?: string | undefined;
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

/** Resources as the API shows them. */
export interface Resources {
  exists(resourceId: string): boolean;
  /** Those of the ids that there are. */
  existingAmong(resourceIds: readonly string[]): Set<string>;
  ownerOf(resourceId: string): string | undefined;
  annotation(resourceId: string, name: string): string | undefined;
  /** The resource in the form of `GET /resources/{account}/{kind}/{id}`. */
  show(resourceId: string): Record<string, unknown> | undefined;
  /** Resources sorted by id. */
  list(filter: ResourceFilter): Record<string, unknown>[];
  count(filter: ResourceFilter): number;
}

/** Reads resources from the database. */
export function createResources(database: Database): Resources {
  const find = (resourceId: string) => database.first('SELECT * FROM resources WHERE resource_id = ?', resourceId);
  const select = (columns: string, filter: ResourceFilter) => {
    const { sql, values } = toListQuery(columns, filter);
    return database.all(sql, ...values);
  };

  return {
    exists: (resourceId) => find(resourceId) !== undefined,
    existingAmong(resourceIds) {
      const sql = 'SELECT resource_id FROM resources WHERE resource_id IN (SELECT value FROM json_each(?))';
      return new Set(database.all(sql, JSON.stringify(resourceIds)).map((row) => String(row.resource_id)));
    },
    ownerOf: (resourceId) => {
      const owner = find(resourceId)?.owner_id;
      return typeof owner === 'string' ? owner : undefined;
    },
    annotation(resourceId, name) {
      const row = database.first('SELECT value FROM annotations WHERE resource_id = ? AND name = ?', resourceId, name);
      return row === undefined ? undefined : String(row.value);
    },
    show(resourceId) {
      const row = find(resourceId);
      return row === undefined ? undefined : toResourceJson(database, row);
    },
    list: (filter) => select('r.*', filter).map((row) => toResourceJson(database, row)),
    count: (filter) => select('r.resource_id', filter).length,
  };
}

function toListQuery(columns: string, filter: ResourceFilter): { sql: string; values: SQLInputValue[] } {
  const conditions = [SEEN_BY_ALL_ROLES];
  const values: SQLInputValue[] = [filter.visibleTo];
  const prefix = filter.kind === undefined ? filter.account : `${filter.account ?? ''}:${filter.kind}`;
  if (filter.account !== undefined) {
    // A range on the primary key: every id that starts with the prefix and a colon (`;` follows `:` in ASCII).
    conditions.push('r.resource_id >= ? AND r.resource_id < ?');
    values.push(`${prefix}:`, `${prefix};`);
  } else if (filter.kind !== undefined) {
    conditions.push("r.resource_id LIKE ('%:' || ? || ':%')");
    values.push(filter.kind);
  }
  if (filter.owner !== undefined) {
    conditions.push(`r.owner_id IN (${ALL_ROLES} SELECT role_id FROM all_roles)`);
    values.push(filter.owner);
  }
  if (filter.search !== undefined) addSearch(filter.search, conditions, values);
  values.push(filter.limit ?? -1, filter.offset ?? 0);
  const sql = `${ALL_ROLES} SELECT ${columns} FROM resources r WHERE ${conditions.join(' AND ')}
    ORDER BY r.resource_id LIMIT ? OFFSET ?`;
  return { sql, values };
}

function addSearch(search: string, conditions: string[], values: SQLInputValue[]): void {
  const query = toMatchQuery(search);
  if (query === undefined) {
    conditions.push('0');
    return;
  }
  conditions.push('r.resource_id IN (SELECT resource_id FROM resource_search WHERE resource_search MATCH ?)');
  values.push(query);
}

function toResourceJson(database: Database, row: Row): Record<string, unknown> {
  const id = String(row.resource_id);
  const kind = id.split(':', 2)[1];
  return {
    created_at: row.created_at,
    id,
    owner: row.owner_id,
    ...(row.policy_id === null ? {} : { policy: row.policy_id }),
    permissions: withoutEmptyPolicy(
      database.all(
        `SELECT privilege, role_id AS role, policy_id AS policy FROM permissions
         WHERE resource_id = ? ORDER BY role_id, privilege`,
        id,
      ),
    ),
    annotations: withoutEmptyPolicy(
      database.all('SELECT name, value, policy_id AS policy FROM annotations WHERE resource_id = ? ORDER BY name', id),
    ),
    ...toKindJson(database, kind, id),
  };
}

/** What no policy has loaded names none. */
function withoutEmptyPolicy(rows: Row[]): Row[] {
  return rows.map(({ policy, ...row }) => (policy === null || policy === undefined ? row : { ...row, policy }));
}

function toKindJson(database: Database, kind: string | undefined, id: string): Record<string, unknown> {
  if (kind === 'variable') {
    const sql = 'SELECT version, expires_at FROM secrets WHERE resource_id = ? ORDER BY version';
    return { secrets: database.all(sql, id) };
  }
  if (kind === 'policy') return { policy_versions: toPolicyVersions(database, id) };
  if (kind === 'user' || kind === 'host') {
    const row = database.first('SELECT restricted_to FROM credentials WHERE role_id = ?', id);
    return { restricted_to: JSON.parse(String(row?.restricted_to ?? '[]')) };
  }
  if (kind === 'host_factory') {
    const sql = `SELECT role_id FROM role_memberships WHERE member_id = ? AND role_id LIKE '%:layer:%' ORDER BY role_id`;
    const tokens = createHostFactoryTokens(database).show(id);
    return { tokens, layers: database.all(sql, id).map((layer) => layer.role_id) };
  }
  return {};
}

function toPolicyVersions(database: Database, id: string): Row[] {
  return database.all(
    `SELECT version, created_at, policy_text, policy_sha256, finished_at, client_ip, resource_id AS id, role_id AS role
     FROM policy_versions WHERE resource_id = ? ORDER BY version`,
    id,
  );
}

import type { SQLInputValue } from 'node:sqlite';
import { constants, deflateRawSync } from 'node:zlib';
import { internalError } from '../http/reply-error.ts';
import type { Database, Row } from '../store/database.ts';
import { RepeatedStatementError } from './policy-error.ts';
import { fullIdOf, listOf, objectsOf, type PolicyObject } from './policy-object.ts';
import type { PolicyRows } from './policy-rows.ts';

/** How a policy meets what is there: `create` only adds, `modify` also changes, `replace` also removes what is not named. */
export type LoadMode = 'create' | 'modify' | 'replace';

/** A table that policies write, with what makes a row unique and what a row says. */
interface PolicyTable {
  readonly name: string;
  readonly key: readonly string[];
  readonly content: readonly string[];
  rows(policy: PolicyRows): SQLInputValue[][];
}

const TABLES: readonly PolicyTable[] = [
  { name: 'roles', key: ['role_id'], content: [], rows: ({ roles }) => roles.map((id) => [id]) },
  {
    name: 'resources',
    key: ['resource_id'],
    content: ['owner_id'],
    rows: ({ resources }) => resources.map((row) => [row.id, row.ownerId]),
  },
  {
    name: 'role_memberships',
    key: ['role_id', 'member_id', 'ownership'],
    content: ['admin_option'],
    rows: ({ memberships }) =>
      memberships.map((row) => [row.roleId, row.memberId, Number(row.ownership), Number(row.adminOption)]),
  },
  {
    name: 'permissions',
    key: ['resource_id', 'privilege', 'role_id'],
    content: [],
    rows: ({ permissions }) => permissions.map((row) => [row.resourceId, row.privilege, row.roleId]),
  },
  {
    name: 'annotations',
    key: ['resource_id', 'name'],
    content: ['value'],
    rows: ({ annotations }) => annotations.map((row) => [row.resourceId, row.name, row.value]),
  },
];

const DATED = new Set(['roles', 'resources']);

/** Where and when a policy is written. */
export interface Target {
  readonly policyId: string;
  readonly account: string;
  /** Time of the load, ISO 8601. */
  readonly createdAt: string;
}

/**
 * Brings the database to what the rows say. A row that another policy has loaded is left as it is: every record belongs
 * to the policy that made it. Run it in a transaction.
 *
 * @returns the roles that did not exist before.
 * @throws {RepeatedStatementError} when a `create` would add one row twice; the other modes pass over the second.
 */
export function applyRows(database: Database, rows: PolicyRows, mode: LoadMode, target: Target): string[] {
  if (mode === 'replace') for (const table of TABLES) removeUnnamed(database, table, rows, target);
  const created: string[] = [];
  for (const table of TABLES) {
    const added = new Set<string>();
    for (const values of table.rows(rows)) {
      const key = JSON.stringify(values.slice(0, table.key.length));
      if (mode === 'create' && added.has(key)) throw new RepeatedStatementError(table.name);
      if (!writeRow(database, table, values, mode, target)) continue;
      added.add(key);
      if (table.name === 'roles') created.push(String(values[0]));
    }
  }
  return created;
}

function removeUnnamed(database: Database, table: PolicyTable, rows: PolicyRows, target: Target): void {
  const named = new Set(table.rows(rows).map((values) => JSON.stringify(values.slice(0, table.key.length))));
  const existing = database.all(
    `SELECT ${table.key.join(', ')} FROM ${table.name} WHERE policy_id = ?`,
    target.policyId,
  );
  for (const row of existing) {
    const key = table.key.map((column) => row[column]) as SQLInputValue[];
    if (named.has(JSON.stringify(key))) continue;
    database.run(`DELETE FROM ${table.name} WHERE ${matching(table.key)}`, ...key);
  }
}

function writeRow(
  database: Database,
  table: PolicyTable,
  values: SQLInputValue[],
  mode: LoadMode,
  target: Target,
): boolean {
  const key = values.slice(0, table.key.length);
  const existing = database.first(`SELECT * FROM ${table.name} WHERE ${matching(table.key)}`, ...key);
  if (existing === undefined) {
    insertRow(database, table, values, target);
    return true;
  }
  if (mode !== 'create' && existing.policy_id === target.policyId) updateRow(database, table, values, existing);
  return false;
}

function insertRow(database: Database, table: PolicyTable, values: SQLInputValue[], target: Target): void {
  const dated = DATED.has(table.name);
  if (dated && !isIndexable(String(values[0]))) throw internalError();
  const columns = [...table.key, ...table.content, 'policy_id', ...(dated ? ['created_at'] : [])];
  const all = [...values, target.policyId, ...(dated ? [target.createdAt] : [])];
  const marks = columns.map(() => '?').join(', ');
  database.run(`INSERT INTO ${table.name} (${columns.join(', ')}) VALUES (${marks})`, ...all);
}

/** Bytes of an id that an index of PostgreSQL holds. It compresses longer ones, by repetitions alone and where it saves a quarter. */
const LONGEST_INDEXED = 2692;
const WORTHWHILE = 0.75;

function isIndexable(id: string): boolean {
  const bytes = Buffer.byteLength(id);
  if (bytes <= LONGEST_INDEXED) return true;
  const compressed = deflateRawSync(id, { strategy: constants.Z_FIXED }).byteLength;
  return compressed <= Math.min(LONGEST_INDEXED, bytes * WORTHWHILE);
}

function updateRow(database: Database, table: PolicyTable, values: SQLInputValue[], existing: Row): void {
  const content = values.slice(table.key.length);
  if (table.content.every((column, index) => existing[column] === content[index])) return;
  const key = values.slice(0, table.key.length);
  const assignments = table.content.map((column) => `${column} = ?`).join(', ');
  database.run(`UPDATE ${table.name} SET ${assignments} WHERE ${matching(table.key)}`, ...content, ...key);
  if (table.name === 'resources') {
    const old = [String(existing.resource_id), String(existing.owner_id)];
    database.run('DELETE FROM role_memberships WHERE role_id = ? AND member_id = ? AND ownership = 1', ...old);
  }
}

function matching(columns: readonly string[]): string {
  return columns.map((column) => `${column} = ?`).join(' AND ');
}

/** Whether the statement takes something away. Such a statement may stand in a PATCH or PUT only. */
export function isDeletion(object: PolicyObject): boolean {
  return object.type === 'delete' || object.type === 'deny' || object.type === 'revoke';
}

/** Carries the deletions of a policy out; what is not there is passed over. */
export function applyDeletions(database: Database, deletions: PolicyObject[], target: Target): void {
  for (const object of deletions) {
    if (object.type === 'delete') deleteRecords(database, object, target);
    if (object.type === 'deny') deny(database, object, target);
    if (object.type === 'revoke') revoke(database, object, target);
  }
}

function deleteRecords(database: Database, object: PolicyObject, target: Target): void {
  for (const record of objectsOf(object, 'record')) deleteWithOwned(database, fullIdOf(record, target.account), []);
}

/**
 * Deletes the resource and the role of an id, and first all that they own, roles included. A genuine Conjur does not end
 * where something owns itself, as the admin does; its answer is then 500, with nothing changed.
 */
function deleteWithOwned(database: Database, id: string, owners: readonly string[]): void {
  if (owners.includes(id)) throw internalError();
  const owned = database.all('SELECT resource_id FROM resources WHERE owner_id = ?', id);
  for (const row of owned) deleteWithOwned(database, String(row.resource_id), [...owners, id]);
  database.run('DELETE FROM resources WHERE resource_id = ?', id);
  database.run('DELETE FROM roles WHERE role_id = ?', id);
}

function deny(database: Database, object: PolicyObject, target: Target): void {
  const sql = 'DELETE FROM permissions WHERE resource_id = ? AND privilege = ? AND role_id = ? AND policy_id = ?';
  for (const resource of objectsOf(object, 'resource')) {
    for (const privilege of listOf(object.values.privilege)) {
      for (const role of objectsOf(object, 'role')) {
        const ids = [fullIdOf(resource, target.account), String(privilege), fullIdOf(role, target.account)];
        database.run(sql, ...ids, target.policyId);
      }
    }
  }
}

function revoke(database: Database, object: PolicyObject, target: Target): void {
  const sql = 'DELETE FROM role_memberships WHERE role_id = ? AND member_id = ? AND policy_id = ? AND ownership = 0';
  for (const role of objectsOf(object, 'role')) {
    for (const member of objectsOf(object, 'member')) {
      database.run(sql, fullIdOf(role, target.account), fullIdOf(member, target.account), target.policyId);
    }
  }
}

import { toTimestamp } from '../policy/load-policy.ts';
import type { Database } from './database.ts';

/** A record that comes into being without a policy text. */
export interface NewRecord {
  /** Full id, `account:kind:identifier`. */
  readonly id: string;
  readonly ownerId: string;
  /** The policy that it belongs to; absent for none. */
  readonly policyId?: string;
  /** Whether it is also a role: its owner is then its member. */
  readonly isRole: boolean;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Adds a resource, and its role where it has one. Run it in a transaction. */
export function insertRecord(database: Database, record: NewRecord, now: number): void {
  const { id, ownerId, policyId = null, annotations = {} } = record;
  const createdAt = toTimestamp(now);
  if (record.isRole) {
    database.run('INSERT INTO roles (role_id, created_at, policy_id) VALUES (?, ?, ?)', id, createdAt, policyId);
    addOwnership(database, id, ownerId, policyId);
  }
  const resource = 'INSERT INTO resources (resource_id, owner_id, created_at, policy_id) VALUES (?, ?, ?, ?)';
  database.run(resource, id, ownerId, createdAt, policyId);
  for (const [name, value] of Object.entries(annotations)) setAnnotation(database, id, name, value, policyId);
}

/** Gives a resource another owner, who becomes a member of its role in place of the old one. */
export function changeOwner(database: Database, id: string, ownerId: string): void {
  const policyId = database.first('SELECT policy_id FROM resources WHERE resource_id = ?', id)?.policy_id ?? null;
  database.run('UPDATE resources SET owner_id = ? WHERE resource_id = ?', ownerId, id);
  database.run('DELETE FROM role_memberships WHERE role_id = ? AND ownership = 1', id);
  addOwnership(database, id, ownerId, policyId === null ? null : String(policyId));
}

/** Adds an annotation or gives it another value. */
export function setAnnotation(
  database: Database,
  id: string,
  name: string,
  value: string,
  policyId: string | null,
): void {
  const sql = `INSERT INTO annotations (resource_id, name, value, policy_id) VALUES (?, ?, ?, ?)
    ON CONFLICT (resource_id, name) DO UPDATE SET value = excluded.value`;
  database.run(sql, id, name, value, policyId);
}

function addOwnership(database: Database, id: string, ownerId: string, policyId: string | null): void {
  const sql =
    'INSERT INTO role_memberships (role_id, member_id, admin_option, ownership, policy_id) VALUES (?, ?, 1, 1, ?)';
  database.run(sql, id, ownerId, policyId);
}

import type { Database, Row } from '../store/database.ts';
import { explainFault } from './explain-fault.ts';
import { type LoadPorts, loadPolicy, type PolicyLoad } from './load-policy.ts';
import {
  type PolicyFault,
  PolicyInvalidError,
  PolicyReferenceError,
  PolicyResolutionError,
  PolicySyntaxError,
} from './policy-error.ts';

/** What a policy would do. */
export type DryRunReport =
  | {
      readonly status: 'Valid YAML';
      readonly created: Items;
      readonly updated: { readonly before: Items; readonly after: Items };
      readonly deleted: Items;
      readonly warnings?: string[];
    }
  | { readonly status: 'Invalid YAML'; readonly errors: unknown[] };

interface Items {
  readonly items: unknown[];
}

type Snapshot = Map<string, Record<string, unknown>>;

/** Loads a policy, looks at what it changed, and takes it back. */
export function rehearsePolicy(ports: LoadPorts, load: PolicyLoad): DryRunReport {
  const { database } = ports;
  try {
    return database.rehearse(() => {
      const before = takeSnapshot(database);
      const { warnings } = loadPolicy(ports, load);
      return { ...toReport(before, takeSnapshot(database)), ...(warnings.length === 0 ? {} : { warnings }) };
    });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === undefined) throw error;
    const message = [fault.message, explainFault(fault.message)].join('\n');
    const context = {
      policy_id: load.policyId.split(':').slice(2).join(':'),
      offending_lines: fault.line === undefined ? [] : [fault.line],
    };
    const { line = null, column = null } = fault;
    return { status: 'Invalid YAML', errors: [{ line, column, message, context }] };
  }
}

function faultOf(error: unknown): PolicyFault | undefined {
  const types = [PolicyInvalidError, PolicySyntaxError, PolicyResolutionError, PolicyReferenceError];
  const type = types.find((candidate) => error instanceof candidate);
  return type === undefined ? undefined : (error as PolicyInvalidError).fault;
}

function toReport(before: Snapshot, after: Snapshot): DryRunReport {
  const changed = [...before.keys()].filter((id) => after.has(id) && !isSame(before.get(id), after.get(id)));
  const pick = (snapshot: Snapshot, ids: string[]): Items => ({
    items: ids.map((id) => toItem(snapshot.get(id) ?? {})),
  });
  return {
    status: 'Valid YAML',
    created: pick(
      after,
      [...after.keys()].filter((id) => !before.has(id)),
    ),
    updated: { before: pick(before, changed), after: pick(after, changed) },
    deleted: pick(
      before,
      [...before.keys()].filter((id) => !after.has(id)),
    ),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Conjur 1.24 puts the whole item where its id belongs and leaves the other fields empty. */
function toItem(item: Record<string, unknown>): Record<string, unknown> {
  const empty = Object.fromEntries(Object.keys(item).map((name) => [name, null]));
  return { ...empty, identifier: item };
}

function takeSnapshot(database: Database): Snapshot {
  const roles = new Set(database.all('SELECT role_id FROM roles').map((row) => String(row.role_id)));
  const resources = database.all('SELECT * FROM resources ORDER BY resource_id');
  return new Map(
    resources.map((row) => [String(row.resource_id), describe(database, row, roles.has(String(row.resource_id)))]),
  );
}

function describe(database: Database, row: Row, isRole: boolean): Record<string, unknown> {
  const id = String(row.resource_id);
  const [, type, ...rest] = id.split(':');
  const about = { identifier: id, id: rest.join(':'), type, owner: row.owner_id, policy: row.policy_id };
  const annotations = Object.fromEntries(
    database
      .all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id)
      .map((annotation) => [String(annotation.name), annotation.value]),
  );
  const permitted =
    'SELECT privilege, role_id AS other FROM permissions WHERE resource_id = ? ORDER BY privilege, role_id';
  if (!isRole) return { ...about, permitted: byPrivilege(database.all(permitted, id)), annotations };
  const held =
    'SELECT privilege, resource_id AS other FROM permissions WHERE role_id = ? ORDER BY privilege, resource_id';
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

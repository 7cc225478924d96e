import { internalError, notFoundMessage } from '../http/reply-error.ts';
import { PolicyReferenceError } from './policy-error.ts';
import {
  fullIdOf,
  idOf,
  isPolicyObject,
  isRecord,
  isResource,
  isRole,
  listOf,
  objectsOf,
  type PolicyObject,
} from './policy-object.ts';

/** What a policy text asks the database to hold, before it is compared with what the database holds. */
export interface PolicyRows {
  readonly roles: string[];
  readonly resources: { id: string; ownerId: string }[];
  readonly memberships: { roleId: string; memberId: string; adminOption: boolean; ownership: boolean }[];
  readonly permissions: { privilege: string; resourceId: string; roleId: string }[];
  readonly annotations: { resourceId: string; name: string; value: string }[];
  /** Public keys of users: each the value of a resource of its own. */
  readonly publicKeys: { resourceId: string; value: string }[];
  /** Addresses that each user and host may log in from; none means any. */
  readonly restrictions: { roleId: string; cidrs: string[] }[];
}

/** Whether the database already has a record. */
export interface KnownRecords {
  hasRole(roleId: string): boolean;
  hasResource(resourceId: string): boolean;
}

/**
 * Lays the statements of a policy out into rows.
 *
 * @throws {PolicyReferenceError} when a statement refers to a record that neither the policy nor the database has.
 */
export function toPolicyRows(objects: PolicyObject[], account: string, known: KnownRecords): PolicyRows {
  const rows: PolicyRows = {
    roles: [],
    resources: [],
    memberships: [],
    permissions: [],
    annotations: [],
    publicKeys: [],
    restrictions: [],
  };
  const records = objects.filter((object) => isRecord(object) && object.type !== 'role' && object.type !== 'resource');
  const roles = new Set(records.filter(isRole).map((record) => fullIdOf(record, account)));
  const resources = new Set(records.filter(isResource).map((record) => fullIdOf(record, account)));
  const references: References = {
    role: (object) => {
      const id = fullIdOf(object, account);
      return roles.has(id) || known.hasRole(id) ? id : missing(id);
    },
    resource: (object) => {
      const id = fullIdOf(object, account);
      return resources.has(id) || known.hasResource(id) ? id : missing(id);
    },
  };
  for (const record of records) addRecord(rows, record, account, references);
  for (const object of objects) {
    if (object.type === 'grant') addGrant(rows, object, references);
    if (object.type === 'permit') addPermit(rows, object, references);
  }
  return rows;
}

interface References {
  role(object: PolicyObject): string;
  resource(object: PolicyObject): string;
}

function missing(id: string): never {
  throw new PolicyReferenceError(notFoundMessage(id));
}

function addRecord(rows: PolicyRows, record: PolicyObject, account: string, references: References): void {
  const id = fullIdOf(record, account);
  const ownerId = isPolicyObject(record.values.owner) ? references.role(record.values.owner) : missing(id);
  rows.resources.push({ id, ownerId });
  for (const [name, value] of annotationsOf(record)) rows.annotations.push({ resourceId: id, name, value });
  if (!isRole(record)) return;
  rows.roles.push(id);
  rows.memberships.push({ roleId: id, memberId: ownerId, adminOption: true, ownership: true });
  if (record.type === 'user' || record.type === 'host') {
    rows.restrictions.push({ roleId: id, cidrs: listOf(record.values.restricted_to).map(String) });
  }
  for (const key of listOf(record.values.public_key)) addPublicKey(rows, id, ownerId, String(key));
  if (record.type === 'host_factory') {
    if (record.values.layer === undefined) {
      throw new PolicyReferenceError(`Host factory '${idOf(record)}' does not include any layers`);
    }
    for (const layer of objectsOf(record, 'layer')) addMembership(rows, references.role(layer), id, false);
  }
}

/** A key is called by what stands behind it (`ssh-rsa AAAA… alice@laptop`), as far as it is there. */
function addPublicKey(rows: PolicyRows, userId: string, ownerId: string, value: string): void {
  const [account, kind, ...user] = userId.split(':');
  const [, , ...words] = value.trim().split(/\s+/);
  // Ruby's own fault: a genuine Conjur does not expect a key without a name.
  if (words.length === 0) throw internalError();
  const name = words.join(' ');
  const resourceId = `${account}:public_key:${kind}/${user.join(':')}/${name}`;
  if (!rows.resources.some(({ id }) => id === resourceId)) rows.resources.push({ id: resourceId, ownerId });
  rows.publicKeys.push({ resourceId, value: value.trim() });
}

/** Attributes that Conjur keeps as annotations stand beside those of the text, which win. */
function annotationsOf(record: PolicyObject): Map<string, string> {
  const annotations = new Map<string, string>();
  const given = record.values.annotations;
  if (given instanceof Map) {
    for (const [name, value] of given) annotations.set(name, toAnnotation(value));
  }
  const implied = {
    kind: 'conjur/kind',
    mime_type: 'conjur/mime_type',
    uidnumber: 'conjur/uidnumber',
    gidnumber: 'conjur/gidnumber',
  };
  for (const [attribute, name] of Object.entries(implied)) {
    const value = record.values[attribute];
    if (value !== undefined && value !== null && !annotations.has(name)) annotations.set(name, String(value));
  }
  return annotations;
}

/** A list is kept in Ruby's notation, `["a", 1, nil]`; there is no better one for it. */
function toAnnotation(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toListItem).join(', ')}]`;
  return value === null ? '' : String(value);
}

function toListItem(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null ? 'nil' : toAnnotation(value);
}

function addGrant(rows: PolicyRows, grant: PolicyObject, references: References): void {
  for (const role of objectsOf(grant, 'role')) {
    for (const member of objectsOf(grant, 'member')) {
      const [memberRole] = objectsOf(member, 'role');
      const roleId = references.role(role);
      const memberId = memberRole ? references.role(memberRole) : missing(`${idOf(member)}`);
      addMembership(rows, roleId, memberId, member.values.admin === true);
    }
  }
}

function addMembership(rows: PolicyRows, roleId: string, memberId: string, adminOption: boolean): void {
  rows.memberships.push({ roleId, memberId, adminOption, ownership: false });
}

function addPermit(rows: PolicyRows, permit: PolicyObject, references: References): void {
  for (const resource of objectsOf(permit, 'resource')) {
    for (const privilege of listOf(permit.values.privilege)) {
      for (const role of objectsOf(permit, 'role')) {
        rows.permissions.push({
          resourceId: references.resource(resource),
          privilege: String(privilege),
          roleId: references.role(role),
        });
      }
    }
  }
}

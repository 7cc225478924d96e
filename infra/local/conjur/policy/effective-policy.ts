import type { Database, Row } from '../store/database.ts';
import type { Permissions } from '../store/permissions.ts';

/** A statement of an effective policy: its tag and, beside its id, what it says. */
export interface Statement {
  readonly tag: string;
  readonly value: StatementValue;
}

/** A lone id, a flat list, a list of statements, or attributes by name. */
export type StatementValue = string | string[] | Statement | Statement[] | { [attribute: string]: StatementValue };

/** What of which branch is asked for. */
export interface EffectivePolicyRequest {
  readonly account: string;
  /** Only what this role sees. */
  readonly roleId: string;
  /** Identifier of the branch; `root` for everything. */
  readonly branch: string;
  /** How many levels below the branch. */
  readonly depth: number;
}

/** What the effective policy of a branch is made of. */
interface Part {
  readonly id: string;
  readonly kind: string;
  /** Its identifier as a path: a user `alice@app-dev` of the policy `app/dev` stands in it as `app/dev/alice`. */
  readonly path: string;
  readonly ownerId: string;
}

type Attributes = Record<string, StatementValue>;

const ADMIN = 'user:admin';

/** How many resources, annotations and permissions an effective policy would be made of. */
export function countEffectivePolicy(database: Database, parts: readonly { id: string }[]): number {
  const ids = JSON.stringify(parts.map(({ id }) => id));
  const among = 'WHERE resource_id IN (SELECT value FROM json_each(?))';
  const count = (table: string) => Number(database.first(`SELECT count(*) AS n FROM ${table} ${among}`, ids)?.n);
  return parts.length + count('annotations') + count('permissions');
}

/** The resources that the branch holds and the role sees, users last. */
export function findParts(database: Database, permissions: Permissions, request: EffectivePolicyRequest): Part[] {
  const root = request.branch === 'root' ? '' : request.branch;
  const deepest = levelOf(root) + request.depth;
  const visible = new Set(permissions.visibleResources(request.roleId));
  const rows = database.all('SELECT resource_id, owner_id FROM resources ORDER BY resource_id');
  const policies = policiesAmong(rows);
  const parts = rows
    .filter((row) => visible.has(String(row.resource_id)))
    .map((row) => toPart(row, policies))
    .filter(({ id }) => id.startsWith(`${request.account}:`))
    .filter(({ kind, path }) => isBelow(path, root) && levelOf(path) <= deepest + (kind === 'user' ? 1 : 0));
  return [...parts.filter(({ kind }) => kind !== 'user'), ...parts.filter(({ kind }) => kind === 'user')];
}

/** The identifiers of all policies but the root. */
function policiesAmong(rows: readonly Row[]): string[] {
  const ids = rows.map((row) => splitId(String(row.resource_id)));
  return ids
    .filter(({ kind, identifier }) => kind === 'policy' && identifier !== 'root')
    .map(({ identifier }) => identifier);
}

function toPart(row: Row, policies: readonly string[]): Part {
  const [id, ownerId] = [String(row.resource_id), String(row.owner_id)];
  const { kind, identifier } = splitId(id);
  return { id, kind, path: kind === 'user' ? toUserPath(identifier, ownerId, policies) : identifier, ownerId };
}

/**
 * Where a user stands, whose name tells the policy with dashes: in the one that owns it, if that is so called; else in the first
 * that is. A user of the admin's stands at the top.
 */
function toUserPath(identifier: string, ownerId: string, policies: readonly string[]): string {
  const [name = '', ...rest] = identifier.split('@');
  const owner = splitId(ownerId);
  const isOfAdmin = ['user:admin', 'policy:root'].includes(`${owner.kind}:${owner.identifier}`);
  if (rest.length > 0 && !isOfAdmin) {
    const dashed = toDashes(rest.join('@'));
    const own =
      owner.kind === 'policy' && owner.identifier.replaceAll('/', '-') === rest.join('@') ? [owner.identifier] : [];
    const policy = [...own, ...policies].find((candidate) => toDashes(candidate) === dashed);
    if (policy !== undefined) return `${policy}/${name}`;
  }
  // A name that holds more than one at sign ends with its policy's.
  const end = `@${owner.identifier.replaceAll('/', '@')}`;
  return identifier.endsWith(end) ? `${end.slice(1)}/${identifier.slice(0, -end.length)}` : identifier;
}

function toDashes(identifier: string): string {
  return identifier.replaceAll('/', '-');
}

function splitId(id: string): { kind: string; identifier: string } {
  const [, kind = '', ...rest] = id.split(':');
  return { kind, identifier: rest.join(':') };
}

function levelOf(path: string): number {
  return path.split('/').length - 1;
}

function isBelow(path: string, root: string): boolean {
  return root === '' || path === root || path.startsWith(`${root}/`);
}

/**
 * Writes a branch as the policy that would make it: who owns what, annotations, networks, permits and grants, each in the
 * policy that it belongs to.
 *
 * @param parts what {@link findParts} has found.
 */
export function buildEffectivePolicy(
  database: Database,
  request: EffectivePolicyRequest,
  parts: readonly Part[],
): Statement[] {
  const root = request.branch === 'root' ? '' : request.branch;
  const above = parentOf(root, () => true);
  const policies = new Set(parts.filter(({ kind }) => kind === 'policy').map(({ path }) => path));
  const bodies = new Map<string, Statement[]>();
  const parentPath = (path: string) => parentOf(path, (parent) => policies.has(parent) || parent === above);
  const bodyOf = (path: string): Statement[] => {
    const body = bodies.get(path) ?? [];
    bodies.set(path, body);
    return body;
  };
  const paths = pathsOfAll(database, parts);
  const scribe: Scribe = {
    database,
    bodyOf,
    parentPath,
    pathOf: (id) => paths.get(id) ?? splitId(id).identifier,
    nameOf: (path) => (parentPath(path) === '' ? path : path.slice(parentPath(path).length + 1)),
  };
  const statements = new Map<string, Statement>();
  const grants = new Map<string, Statement[]>();
  for (const part of parts) {
    const statement = describe(scribe, part);
    if (part.kind === 'policy' && statement !== undefined) statements.set(part.path, statement);
    if (statement !== undefined) bodyOf(parentPath(part.path)).push(statement);
    addPermits(scribe, part);
    addMemberships(scribe, grants, part, root);
  }
  const branch = statements.get(root);
  return root === '' || branch === undefined ? bodyOf('') : [branch];
}

/** Also of who only owns a part, or is a member of one. */
function pathsOfAll(database: Database, parts: readonly Part[]): Map<string, string> {
  const rows = database.all('SELECT resource_id, owner_id FROM resources ORDER BY resource_id');
  const policies = policiesAmong(rows);
  const others = rows
    .filter((row) => splitId(String(row.resource_id)).kind === 'user')
    .map((row) => toPart(row, policies));
  return new Map([...others, ...parts].map(({ id, path }) => [id, path]));
}

/** What the statements of one effective policy are written with. */
interface Scribe {
  readonly database: Database;
  bodyOf(path: string): Statement[];
  parentPath(path: string): string;
  pathOf(id: string): string;
  /** The path below the policy that it stands in. */
  nameOf(path: string): string;
}

/** The nearest path above that is a policy; empty for the root. */
function parentOf(path: string, isPolicy: (path: string) => boolean): string {
  const segments = path.split('/');
  while (segments.length > 1) {
    segments.pop();
    if (isPolicy(segments.join('/'))) return segments.join('/');
  }
  return '';
}

function tagOf(kind: string): string {
  return kind.replaceAll('_', '-');
}

function kindOf(id: string): string {
  return id.split(':', 2)[1] ?? '';
}

function describe(scribe: Scribe, part: Part): Statement | undefined {
  const { kind, path } = part;
  if (kind === 'public_key' || kind === 'configuration' || (kind === 'policy' && path === 'root')) return undefined;
  const annotations = annotationsOf(scribe.database, part.id);
  const value: Attributes = { id: scribe.nameOf(path) };
  if (kind === 'variable') {
    for (const attribute of ['kind', 'mime_type']) {
      const name = `conjur/${attribute}`;
      if (annotations[name] !== undefined) value[attribute] = annotations[name];
      delete annotations[name];
    }
  } else {
    Object.assign(value, ownerOf(scribe, part));
  }
  if (kind === 'host_factory') Object.assign(value, layersOf(scribe, part));
  if (Object.keys(annotations).length > 0) value.annotations = annotations;
  if (kind === 'host' || kind === 'user') Object.assign(value, networksOf(scribe.database, part.id));
  if (kind === 'policy') value.body = scribe.bodyOf(path);
  return { tag: tagOf(kind), value };
}

/** The owner, unless it is the policy that the record stands in or, at the top, the admin. */
function ownerOf(scribe: Scribe, { ownerId, path }: Part): Attributes {
  const parent = scribe.parentPath(path);
  const owner = scribe.pathOf(ownerId);
  const isImplied = kindOf(ownerId) === 'policy' ? owner === parent : parent === '' && ownerId.endsWith(`:${ADMIN}`);
  return isImplied ? {} : { owner: { tag: tagOf(kindOf(ownerId)), value: `/${owner}` } };
}

function annotationsOf(database: Database, id: string): Record<string, string> {
  const rows = database.all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id);
  return Object.fromEntries(rows.map((row) => [String(row.name), String(row.value)]));
}

function networksOf(database: Database, id: string): Attributes {
  const row = database.first('SELECT restricted_to FROM credentials WHERE role_id = ?', id);
  const networks: string[] = JSON.parse(String(row?.restricted_to ?? '[]'));
  return networks.length === 0 ? {} : { restricted_to: networks };
}

function layersOf(scribe: Scribe, { id }: Part): Attributes {
  const sql = "SELECT role_id FROM role_memberships WHERE member_id = ? AND role_id LIKE '%:layer:%' ORDER BY role_id";
  const layers = scribe.database.all(sql, id).map((row) => scribe.nameOf(scribe.pathOf(String(row.role_id))));
  return layers.length === 0 ? {} : { layers: layers.map((layer) => ({ tag: 'layer', value: layer })) };
}

function addPermits(scribe: Scribe, part: Part): void {
  const parent = part.path === 'root' ? '' : scribe.parentPath(part.path);
  const sql = 'SELECT role_id, privilege FROM permissions WHERE resource_id = ? ORDER BY role_id, privilege';
  const privileges = new Map<string, string[]>();
  for (const row of scribe.database.all(sql, part.id)) {
    const roleId = String(row.role_id);
    privileges.set(roleId, [...(privileges.get(roleId) ?? []), String(row.privilege)]);
  }
  for (const [roleId, held] of privileges) {
    const path = scribe.pathOf(roleId);
    const role = scribe.parentPath(path) === parent ? scribe.nameOf(path) : `/${path}`;
    const value = {
      role: { tag: tagOf(kindOf(roleId)), value: role },
      privileges: held,
      resource: { tag: tagOf(part.kind), value: scribe.nameOf(part.path) },
    };
    scribe.bodyOf(parent).push({ tag: 'permit', value });
  }
}

/** One grant for each role below the root, in the policy of that role, where its first member is met. */
function addMemberships(
  scribe: Scribe,
  grants: Map<string, Statement[]>,
  { id, kind, path }: Part,
  root: string,
): void {
  if (kind === 'host_factory') return;
  const sql = 'SELECT role_id FROM role_memberships WHERE member_id = ? AND ownership = 0 ORDER BY role_id';
  for (const row of scribe.database.all(sql, id)) {
    const roleId = String(row.role_id);
    const rolePath = scribe.pathOf(roleId);
    if (!isBelow(rolePath, root)) continue;
    const members = grants.get(roleId) ?? [];
    members.push({ tag: tagOf(kind), value: `/${path}` });
    if (grants.has(roleId)) continue;
    grants.set(roleId, members);
    const role = { tag: tagOf(kindOf(roleId)), value: scribe.nameOf(rolePath) };
    scribe.bodyOf(scribe.parentPath(rolePath)).push({ tag: 'grant', value: { role, members } });
  }
}

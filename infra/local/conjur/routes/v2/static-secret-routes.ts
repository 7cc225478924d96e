import { forbidden } from '../../http/reply-error.ts';
import type { Route, RouteInput } from '../../http/route.ts';
import { insertRecord, setAnnotation } from '../../store/records.ts';
import { currentRole, roleExists } from '../current-role.ts';
import {
  isObject,
  readAnnotations,
  readBody,
  readRole,
  type V2Answer,
  v2Error,
  v2NotFound,
  v2Route,
} from './v2-route.ts';

const SUBJECTS = ['host', 'group', 'user', 'workload'];
const PRIVILEGES = ['read', 'execute', 'update'];
const CONTENTS = ['mime_type', 'value', 'annotations', 'permissions'];
const MIME_TYPE = 'conjur/mime_type';
const MOST_IDS = 250;

/** Variables with their value, annotations and permissions in one request: of the vendor's service alone. */
export const staticSecretRoutes: readonly Route[] = [
  v2Route('POST', '/secrets/static', create),
  v2Route('POST', '/secrets/values', readMany),
  v2Route('GET', '/secrets/static/:path{.+}', show),
  v2Route('PUT', '/secrets/static/:path{.+}', replace),
];

/** What a body says of a variable, checked. */
interface Contents {
  readonly value: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  readonly grants: readonly { readonly roleId: string; readonly privileges: readonly string[] }[];
}

/** It takes `update` on the branch, as the service has it, and not `create`. */
function create(input: RouteInput): V2Answer {
  const { context } = input;
  const { database, account } = context;
  const body = readBody(input, { required: ['branch', 'name'], optional: CONTENTS });
  const { branch, name } = body;
  if (typeof branch !== 'string' || !/^\/?[\w-]+(?:\/[\w-]+)*$/.test(branch))
    throw v2Error(input, 422, `Wrong path '${branch}'`);
  if (typeof name !== 'string' || !/^[\w.@:+-]{1,60}$/.test(name)) throw v2Error(input, 422, `Wrong name '${name}'`);
  const path = `${branch.replace(/^\//, '')}/${name}`;
  const policyId = requireUpdate(input, 'policy', parentOf(path));
  const contents = readContents(input, body);
  const id = `${account}:variable:${path}`;
  if (context.resources.exists(id))
    throw v2Error(input, 409, `Variable '${path}' already exists in account '${account}'`);
  database.transaction(() => {
    insertRecord(database, { id, ownerId: policyId, policyId, isRole: false }, context.now());
    write(input, id, policyId, contents);
  });
  return { status: 201, body: describe(input, path) };
}

/** What the body does not name is gone afterwards; only the value stays. */
function replace(input: RouteInput): V2Answer {
  const { database } = input.context;
  const path = String(input.params.path);
  const body = readBody(input, { required: [], optional: CONTENTS });
  const id = requireUpdate(input, 'variable', path);
  const policyId = requireUpdate(input, 'policy', parentOf(path));
  const contents = readContents(input, body);
  database.transaction(() => {
    for (const table of ['annotations', 'permissions']) database.run(`DELETE FROM ${table} WHERE resource_id = ?`, id);
    write(input, id, policyId, contents);
  });
  return { status: 200, body: describe(input, path) };
}

function show(input: RouteInput): V2Answer {
  const given = String(input.params.path);
  const isOfPermissions = given.endsWith('/permissions');
  const path = isOfPermissions ? parentOf(given) : given;
  const id = requireVisible(input, 'variable', path);
  if (!input.context.permissions.isAllowed(currentRole(input), 'read', id)) throw forbidden();
  if (!isOfPermissions) return { status: 200, body: describe(input, path) };
  const permissions = listPermissions(input, id);
  return { status: 200, body: { permissions, count: permissions.length } };
}

/** A status for each id, so that one that is missing does not lose the others. */
function readMany(input: RouteInput): V2Answer {
  const { ids } = readBody(input, { required: ['ids'] });
  if (!Array.isArray(ids) || ids.length === 0 || ids.some((id) => typeof id !== 'string'))
    throw v2Error(input, 422, "'ids' must be a list of texts");
  if (ids.length > MOST_IDS) throw v2Error(input, 422, `'ids' has ${ids.length} entries, more than ${MOST_IDS}`);
  const roleId = currentRole(input);
  return { status: 200, body: { secrets: ids.map((id: string) => ({ id, ...readOne(input, roleId, id) })) } };
}

function readOne({ context }: RouteInput, roleId: string, path: string): { value?: string; status: number } {
  const id = `${context.account}:variable:${path.replace(/^\//, '')}`;
  if (!context.permissions.isVisible(roleId, id)) return { status: 404 };
  if (!context.permissions.isAllowed(roleId, 'execute', id)) return { status: 403 };
  const value = context.secrets.read(id);
  if (value === undefined) return { status: 404 };
  try {
    return { value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value), status: 200 };
  } catch {
    // Bytes that are no text have no place in JSON.
    return { status: 406 };
  }
}

/** All of a body is read before any of it is written. */
function readContents(input: RouteInput, body: Readonly<Record<string, unknown>>): Contents {
  const { value, mime_type: mimeType } = body;
  if (value !== undefined && typeof value !== 'string') throw v2Error(input, 422, "'value' must be a text");
  if (mimeType !== undefined && (typeof mimeType !== 'string' || mimeType === ''))
    throw v2Error(input, 422, "'mime_type' must be a text");
  const annotations = readAnnotations(input, body.annotations);
  return {
    value: value === '' ? undefined : value,
    annotations: mimeType === undefined ? annotations : { ...annotations, [MIME_TYPE]: mimeType },
    grants: readGrants(input, body.permissions),
  };
}

function readGrants(input: RouteInput, given: unknown): Contents['grants'] {
  const { account, database } = input.context;
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw v2Error(input, 422, "'permissions' must be a list");
  return given.map((entry: unknown) => {
    const { subject, privileges } = isObject(entry) ? entry : {};
    const { kind, id } = readRole(input, subject, SUBJECTS);
    if (!Array.isArray(privileges) || privileges.length === 0 || privileges.some((one) => !PRIVILEGES.includes(one)))
      throw v2Error(input, 422, `'privileges' must be a list of some of ${PRIVILEGES.join(', ')}`);
    const [ofRole, path] = [kind === 'workload' ? 'host' : kind, id.replace(/^\//, '')];
    const roleId = `${account}:${ofRole}:${path}`;
    if (!roleExists(database, roleId)) throw v2NotFound(input, ofRole, path);
    return { roleId, privileges: privileges.map(String) };
  });
}

function write({ context }: RouteInput, id: string, policyId: string, { value, annotations, grants }: Contents): void {
  const { database, secrets } = context;
  for (const [name, text] of Object.entries(annotations)) setAnnotation(database, id, name, text, policyId);
  const permit = 'INSERT OR IGNORE INTO permissions (privilege, resource_id, role_id, policy_id) VALUES (?, ?, ?, ?)';
  for (const { roleId, privileges } of grants)
    for (const privilege of privileges) database.run(permit, privilege, id, roleId, policyId);
  if (value !== undefined) secrets.write(id, Buffer.from(value));
}

function describe({ context }: RouteInput, path: string): Record<string, unknown> {
  const id = `${context.account}:variable:${path}`;
  const rows = context.database.all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id);
  const { [MIME_TYPE]: mimeType, ...annotations } = Object.fromEntries(
    rows.map((row) => [String(row.name), row.value]),
  );
  return {
    branch: `/${parentOf(path)}`,
    name: path.slice(path.lastIndexOf('/') + 1),
    ...(mimeType === undefined ? {} : { mime_type: mimeType }),
    annotations,
    permissions: { href: `/secrets/static/${path}/permissions` },
  };
}

function listPermissions({ context }: RouteInput, id: string) {
  const sql = 'SELECT role_id, privilege FROM permissions WHERE resource_id = ? ORDER BY role_id, privilege';
  const byRole = Map.groupBy(context.database.all(sql, id), (row) => String(row.role_id));
  return [...byRole].map(([roleId, rows]) => {
    const [, kind, ...rest] = roleId.split(':');
    return { subject: { kind, id: rest.join(':') }, privileges: rows.map((row) => String(row.privilege)) };
  });
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function requireVisible(input: RouteInput, kind: string, path: string): string {
  const id = `${input.context.account}:${kind}:${path}`;
  if (!input.context.permissions.isVisible(currentRole(input), id)) throw v2NotFound(input, kind, path);
  return id;
}

function requireUpdate(input: RouteInput, kind: string, path: string): string {
  const id = requireVisible(input, kind, path);
  if (!input.context.permissions.isAllowed(currentRole(input), 'update', id)) throw forbidden();
  return id;
}

import type { Route, RouteInput } from '../../http/route.ts';
import { changeOwner, insertRecord, setAnnotation } from '../../store/records.ts';
import { currentRole, roleExists } from '../current-role.ts';
import {
  readAnnotations,
  readBody,
  readPage,
  readRole,
  type V2Answer,
  v2Error,
  v2NotFound,
  v2Route,
} from './v2-route.ts';

const ALL = '/branches/:account';
const ONE = '/branches/:account/:identifier{.+}';
/** How many names the path of a branch may have. */
const DEEPEST = 15;
const OWNERS = ['host', 'user', 'group', 'policy'];

/** Branches of the policy tree, without a policy text. */
export const branchRoutes: readonly Route[] = [
  v2Route('POST', ALL, create),
  v2Route('GET', ALL, list, ['offset', 'limit']),
  v2Route('GET', ONE, (input) => {
    requireParent(input, identifierOf(input));
    return { status: 200, body: describe(input, requireBranch(input, identifierOf(input), 'read')) };
  }),
  v2Route('PATCH', ONE, update),
  v2Route('DELETE', ONE, remove),
];

function identifierOf({ params }: RouteInput): string {
  return trim(String(params.identifier));
}

/** `/`, `/root` and `root` are the root; a leading slash means nothing. */
function trim(identifier: string): string {
  const bare = identifier.replace(/^\/+/, '');
  return bare === '' ? 'root' : bare;
}

/** The id of a branch's policy. A branch that the asking role may not use in this way is not found. */
export function requireBranch(input: RouteInput, identifier: string, privilege: string): string {
  const { account } = input.params;
  const id = `${account}:policy:${identifier}`;
  const roleId = currentRole(input);
  const { permissions } = input.context;
  if (permissions.isVisible(roleId, id) && permissions.isAllowed(roleId, privilege, id)) return id;
  throw v2NotFound(input, 'branch', identifier);
}

/** A policy whose parent is none, as a policy text can make it, is no branch. */
function requireParent(input: RouteInput, identifier: string): void {
  const parent = identifier.split('/').slice(0, -1).join('/');
  if (parent === '' || input.context.resources.exists(`${input.params.account}:policy:${parent}`)) return;
  throw v2NotFound(input, 'branch', parent);
}

function describe({ context }: RouteInput, id: string): Record<string, unknown> {
  const [, , ...rest] = id.split(':');
  const path = rest.join(':').split('/');
  const owner = (context.resources.ownerOf(id) ?? '').split(':');
  const rows = context.database.all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id);
  return {
    name: path.at(-1),
    branch: path.slice(0, -1).join('/') || '/',
    owner: { kind: owner[1], id: owner.slice(2).join(':') },
    annotations: Object.fromEntries(rows.map((row) => [row.name, row.value])),
  };
}

function create(input: RouteInput): V2Answer {
  const { context, params } = input;
  const body = readBody(input, { required: ['name', 'branch'], optional: ['owner', 'annotations'] });
  const { name, branch } = body;
  if (typeof name !== 'string' || !/^[A-Za-z0-9\-_]{1,60}$/.test(name))
    throw v2Error(input, 422, `Wrong name '${name}'`);
  if (typeof branch !== 'string' || !/^[A-Za-z0-9\-_/]+$/.test(branch))
    throw v2Error(input, 422, `Wrong path '${branch}'`);
  const annotations = readAnnotations(input, body.annotations);
  const parent = trim(branch);
  if (parent.split('/').length >= DEEPEST) throw v2Error(input, 422, `A branch may be ${DEEPEST} names deep`);
  const wanted = body.owner === undefined ? undefined : readRole(input, body.owner, OWNERS);
  requireParent(input, parent);
  const policyId = requireBranch(input, parent, 'create');
  const id = `${params.account}:policy:${parent === 'root' ? name : `${parent}/${name}`}`;
  if (context.resources.exists(id))
    throw v2Error(input, 409, `Branch "${id.replace(':policy:', ':branch:')}" already exists`);
  const implied = parent === 'root' ? `${params.account}:user:admin` : policyId;
  const ownerId = wanted === undefined ? implied : requireOwner(input, wanted);
  context.database.transaction(() =>
    insertRecord(context.database, { id, ownerId, policyId, isRole: true, annotations }, context.now()),
  );
  return { status: 201, body: describe(input, id) };
}

function requireOwner(input: RouteInput, { kind, id }: ReturnType<typeof readRole>): string {
  const roleId = `${input.params.account}:${kind}:${id.replace(/^\//, '')}`;
  if (!roleExists(input.context.database, roleId)) throw v2NotFound(input, kind, id);
  return roleId;
}

/** All branches that the asking role may read and whose branch above is there; the count is of all pages. */
function list(input: RouteInput): V2Answer {
  const { context, params } = input;
  const roleId = currentRole(input);
  const { offset, limit } = readPage(input);
  const prefix = `${params.account}:policy:`;
  const ids = context.permissions
    .visibleResources(roleId)
    .filter((id) => id.startsWith(prefix) && id !== `${prefix}root`)
    .filter((id) => !id.includes('/') || context.resources.exists(id.slice(0, id.lastIndexOf('/'))))
    .filter((id) => context.permissions.isAllowed(roleId, 'read', id))
    .sort();
  const branches = ids.slice(offset, offset + limit).map((id) => describe(input, id));
  return { status: 200, body: { branches, count: ids.length } };
}

function update(input: RouteInput): V2Answer {
  const { database } = input.context;
  const body = readBody(input, { required: [], optional: ['owner', 'annotations'] });
  requireParent(input, identifierOf(input));
  requireBranch(input, identifierOf(input), 'read');
  const id = requireBranch(input, identifierOf(input), 'update');
  const annotations = readAnnotations(input, body.annotations);
  const ownerId = body.owner === undefined ? undefined : requireOwner(input, readRole(input, body.owner, OWNERS));
  const policyId = database.first('SELECT policy_id FROM resources WHERE resource_id = ?', id)?.policy_id ?? null;
  database.transaction(() => {
    if (ownerId !== undefined) changeOwner(database, id, ownerId);
    for (const [name, value] of Object.entries(annotations))
      setAnnotation(database, id, name, value, policyId === null ? null : String(policyId));
  });
  return { status: 200, body: describe(input, id) };
}

/** Deletes the branch with all that is in it, deepest first; one thing in it that may not be updated keeps all of it. */
function remove(input: RouteInput): V2Answer {
  const { context, params } = input;
  const { database, permissions } = context;
  const identifier = identifierOf(input);
  requireBranch(input, identifier, 'update');
  const roleId = currentRole(input);
  const ids = database
    .all('SELECT resource_id FROM resources')
    .map((row) => String(row.resource_id))
    .filter((id) => id.startsWith(`${params.account}:`) && id.split(':')[1] !== 'user')
    .filter((id) => isWithin(id.split(':').slice(2).join(':'), identifier))
    .sort((a, b) => b.length - a.length);
  database.transaction(() => {
    for (const id of ids) {
      const [, kind = '', ...rest] = id.split(':');
      if (!permissions.isAllowed(roleId, 'update', id)) throw v2NotFound(input, kind, rest.join(':'));
      database.run('DELETE FROM resources WHERE resource_id = ?', id);
      database.run('DELETE FROM roles WHERE role_id = ?', id);
    }
  });
  return { status: 204 };
}

function isWithin(identifier: string, branch: string): boolean {
  return branch === 'root' || identifier === branch || identifier.startsWith(`${branch}/`);
}

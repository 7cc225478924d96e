import { forbidden } from '../../http/reply-error.ts';
import type { Route, RouteInput } from '../../http/route.ts';
import { createAuthenticatorConfig } from '../../store/authenticator-config.ts';
import { insertRecord } from '../../store/records.ts';
import { currentRole, roleExists } from '../current-role.ts';
import { type AuthenticatorData, findDataFault, hasData, TYPES, toData, toVariables } from './authenticator-data.ts';
import {
  isObject,
  readAnnotations,
  readBody,
  readPage,
  readRole,
  type V2Answer,
  v2Error,
  v2NotFound,
  v2Route,
} from './v2-route.ts';

const ALL = '/authenticators/:account';
const ONE = '/authenticators/:account/:type/:service';
const OWNERS = ['user', 'host', 'group'];

/** Authenticator services as objects: what a policy, its variables and the switch say of each. */
export const v2AuthenticatorRoutes: readonly Route[] = [
  v2Route('GET', ALL, list, ['offset', 'limit', 'type']),
  v2Route('POST', ALL, create),
  v2Route('GET', ONE, (input) => ({ status: 200, body: describe(input, requireService(input)) })),
  v2Route('PATCH', ONE, enable),
  v2Route('DELETE', ONE, remove),
];

/** `aws` stands for `authn-iam`, every other type for the authenticator of its name. */
function toPath(type: string, name: string): string {
  const authenticator = type === 'aws' ? 'authn-iam' : `authn-${type}`;
  return type === 'gcp' ? `conjur/${authenticator}` : `conjur/${authenticator}/${name}`;
}

function typeOf(path: string): string {
  const authenticator = path.split('/')[1]?.replace(/^authn-/, '') ?? '';
  return authenticator === 'iam' ? 'aws' : authenticator;
}

function pathOf(id: string): string {
  return id.split(':').slice(2).join(':');
}

/** The webservice of the path, which the asking role must see. */
function requireService(input: RouteInput): string {
  const { account, type, service } = input.params;
  const id = `${account}:webservice:${toPath(String(type), String(service))}`;
  if (input.context.permissions.isVisible(currentRole(input), id)) return id;
  throw v2NotFound(input, 'authenticator', `${type}/${service}`);
}

function describe({ context }: RouteInput, id: string): Record<string, unknown> {
  const path = pathOf(id);
  const type = typeOf(path);
  const [, kind, ...owner] = (context.resources.ownerOf(id) ?? '').split(':');
  const rows = context.database.all('SELECT name, value FROM annotations WHERE resource_id = ? ORDER BY name', id);
  const annotations = Object.fromEntries(rows.map((row) => [row.name, row.value]));
  return {
    type,
    branch: path.split('/').slice(0, 2).join('/'),
    name: path.split('/')[2] ?? 'default',
    enabled: createAuthenticatorConfig(context).isEnabled(id),
    owner: { id: owner.join(':'), kind },
    ...(hasData(type) ? { data: toData(type, variablesOf(context, id)) } : {}),
    ...(rows.length === 0 ? {} : { annotations }),
  };
}

function variablesOf({ database, secrets }: RouteInput['context'], id: string): Map<string, string> {
  const prefix = `${id.replace(':webservice:', ':variable:')}/`;
  const rows = database.all(
    'SELECT resource_id FROM resources WHERE substr(resource_id, 1, length(?)) = ?',
    prefix,
    prefix,
  );
  const ids = rows.map((row) => String(row.resource_id));
  return new Map(ids.map((variable) => [variable.slice(prefix.length), secrets.read(variable)?.toString() ?? '']));
}

function list(input: RouteInput): V2Answer {
  const { context, params, request } = input;
  const { offset, limit } = readPage(input);
  const type = request.query.get('type');
  const ids = context.permissions
    .visibleResources(currentRole(input))
    .filter((id) => id.startsWith(`${params.account}:webservice:conjur/authn-`))
    .filter((id) => /^conjur\/(?:authn-gcp|authn-(?!gcp\/)[\w-]+\/[\w-]+)$/.test(pathOf(id)))
    .filter((id) => type === null || typeOf(pathOf(id)) === type)
    .sort();
  const authenticators = ids.slice(offset, offset + limit).map((id) => describe(input, id));
  return { status: 200, body: { authenticators, count: ids.length } };
}

interface NewAuthenticator {
  readonly type: string;
  readonly path: string;
  readonly enabled: boolean;
  readonly ownerId: string | undefined;
  readonly data: AuthenticatorData;
  readonly annotations: Record<string, string>;
}

function create(input: RouteInput): V2Answer {
  const { context, params } = input;
  const given = readAuthenticator(input);
  const branch = given.path.split('/').slice(0, 2).join('/');
  const branchId = `${params.account}:policy:${branch}`;
  const roleId = currentRole(input);
  if (!context.permissions.isVisible(roleId, branchId)) throw v2NotFound(input, 'policy', branch);
  if (!context.permissions.isAllowed(roleId, 'create', branchId)) throw forbidden();
  const id = `${params.account}:webservice:${given.path}`;
  if (context.resources.exists(id)) throw v2Error(input, 409, 'The authenticator already exists.');
  context.database.transaction(() => insertService(input, given, branchId));
  return { status: 201, body: describe(input, id) };
}

function readAuthenticator(input: RouteInput): NewAuthenticator {
  const optional = ['enabled', 'owner', 'data', 'annotations'];
  const { type, name, ...body } = readBody(input, { required: ['type', 'name'], optional });
  if (typeof type !== 'string' || !TYPES.includes(type))
    throw v2Error(input, 422, `'${type}' is not one of ${TYPES.join(', ')}`);
  if (typeof name !== 'string' || !/^[A-Za-z0-9\-_]{1,60}$/.test(name))
    throw v2Error(input, 422, `Wrong name '${name}'`);
  if (type === 'gcp' && name !== 'default') throw v2NotFound(input, 'webservice', `conjur/gcp/${name}`);
  if (body.enabled !== undefined && typeof body.enabled !== 'boolean')
    throw v2Error(input, 422, "'enabled' must be true or false");
  const fault = findDataFault(type, body.data);
  if (fault !== undefined) throw v2Error(input, 422, fault);
  return {
    type,
    path: toPath(type, name),
    enabled: body.enabled ?? true,
    ownerId: body.owner === undefined ? undefined : requireOwner(input, body.owner),
    data: isObject(body.data) ? body.data : {},
    annotations: readAnnotations(input, body.annotations),
  };
}

function requireOwner(input: RouteInput, given: unknown): string {
  const { kind, id } = readRole(input, given, OWNERS);
  const ownerId = `${input.params.account}:${kind}:${id}`;
  if (!roleExists(input.context.database, ownerId)) throw v2NotFound(input, kind, id);
  return ownerId;
}

/** A policy for the service, with its webservice, who may use it, who may look after it, and the variables of the data. */
function insertService({ context, params }: RouteInput, given: NewAuthenticator, branchId: string): void {
  const { database, secrets } = context;
  const full = (kind: string, below = '') => `${params.account}:${kind}:${given.path}${below}`;
  const policyId = branchId;
  const insert = (id: string, ownerId: string, isRole: boolean, annotations: Record<string, string> = {}) =>
    insertRecord(database, { id, ownerId, policyId, isRole, annotations }, context.now());
  if (given.type !== 'gcp') insert(full('policy'), given.ownerId ?? branchId, true);
  for (const group of ['/operators', '/apps']) insert(full('group', group), full('policy'), true);
  insert(full('webservice'), full('policy'), false, given.annotations);
  insert(full('webservice', '/status'), full('policy'), false);
  const permit = 'INSERT INTO permissions (privilege, resource_id, role_id, policy_id) VALUES (?, ?, ?, ?)';
  database.run(permit, 'read', full('webservice'), full('group', '/operators'), policyId);
  database.run(permit, 'read', full('webservice', '/status'), full('group', '/operators'), policyId);
  for (const privilege of ['read', 'authenticate'])
    database.run(permit, privilege, full('webservice'), full('group', '/apps'), policyId);
  for (const [name, value] of toVariables(given.data)) {
    insert(full('variable', `/${name}`), full('policy'), false);
    secrets.write(full('variable', `/${name}`), Buffer.from(value));
  }
  createAuthenticatorConfig(context).setEnabled(full('webservice'), given.enabled);
}

function enable(input: RouteInput): V2Answer {
  const { context } = input;
  const { enabled } = readBody(input, { required: ['enabled'] });
  if (typeof enabled !== 'boolean') throw v2Error(input, 422, "'enabled' must be true or false");
  const id = requireService(input);
  if (!context.permissions.isAllowed(currentRole(input), 'update', id)) throw forbidden();
  createAuthenticatorConfig(context).setEnabled(id, enabled);
  return { status: 200, body: describe(input, id) };
}

/** Deletes the policy of the service with all that it owns. */
function remove(input: RouteInput): V2Answer {
  const { context, params } = input;
  const path = pathOf(requireService(input));
  const policyId = `${params.account}:policy:${path}`;
  if (!context.permissions.isAllowed(currentRole(input), 'delete', policyId)) throw forbidden();
  const isBranch = path.split('/').length === 2;
  context.database.transaction(() => {
    // The policy of a type stays: only what it owns goes.
    const owned = context.database.all('SELECT resource_id FROM resources WHERE owner_id = ?', policyId);
    for (const id of [...owned.map((row) => String(row.resource_id)), ...(isBranch ? [] : [policyId])]) {
      context.database.run('DELETE FROM resources WHERE resource_id = ?', id);
      context.database.run('DELETE FROM roles WHERE role_id = ?', id);
    }
  });
  return { status: 204 };
}

import { isObject, parseJsonObject } from '../http/body-parameters.ts';
import { queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { codedError, forbidden, internalError, ReplyError } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { LoadMode } from '../policy/apply-policy.ts';
import { loadPolicyText, toTimestamp } from '../policy/load-policy.ts';
import { createIssuers, ISSUERS_POLICY, type Issuer, type Issuers } from '../store/issuers.ts';
import { currentRole } from './current-role.ts';
import {
  badIssuer,
  checkParameters,
  parseAwsData,
  parseIssuerId,
  parseIssuerType,
  parseMaxTtl,
  type ReadVariable,
} from './issuer-data.ts';
import { policyConflict } from './policy-routes.ts';

/** Issuers of dynamic secrets (`--dynamic-secrets`). */
export const issuerRoutes: readonly Route[] = [
  { method: 'POST', path: '/issuers/:account', handle: create },
  { method: 'GET', path: '/issuers/:account', handle: list },
  { method: 'GET', path: '/issuers/:account/:issuer', handle: show },
  { method: 'PATCH', path: '/issuers/:account/:issuer', handle: update },
  { method: 'DELETE', path: '/issuers/:account/:issuer', handle: remove },
];

async function create(input: RouteInput): Promise<Reply> {
  const { context } = input;
  const roleId = currentRole(input);
  const given = parseJsonObject(input.request);
  const made = await context.policyLock.run(() =>
    context.database.transaction(() => {
      makeIssuersPolicy(input, roleId);
      requireOnIssuers(input, roleId, 'create', forbidden());
      return insertIssuer(input, roleId, given);
    }),
  );
  if (made === undefined) throw policyConflict(context.random());
  return jsonReply(201, toJson(input, made));
}

function insertIssuer(input: RouteInput, roleId: string, given: Readonly<Record<string, unknown>>): Issuer {
  const issuers = issuersOf(input);
  const type = parseIssuerType(given.type);
  const id = parseIssuerId(given.id);
  const maxTtlSeconds = parseMaxTtl(given.max_ttl);
  checkParameters(given, ['id', 'type', 'max_ttl', 'data']);
  const data = parseAwsData(given.data, readVariable(input, roleId));
  if (issuers.find(id) !== undefined) throw exists(id);
  // Variables of an issuer that was deleted and that a new one would serve.
  if (issuers.variablesOf(id).length > 0) throw internalError();
  load(input, roleId, ISSUERS_POLICY, 'create', toPolicy(id));
  const now = toTimestamp(input.context.now());
  const issuer: Issuer = { id, type, maxTtlSeconds, data, createdAt: now, modifiedAt: now };
  issuers.save(issuer);
  return issuer;
}

function list(input: RouteInput): Reply {
  const roleId = currentRole(input);
  requireOnIssuers(input, roleId, 'update', forbidden());
  const all = issuersOf(input)
    .list()
    .map((issuer) => toJson(input, issuer));
  const sort = queryValue(input.request, 'sort');
  if (sort === undefined || all.length === 0) return jsonReply(200, { issuers: all });
  if (!all.every((issuer) => sort in issuer)) throw badIssuer(`an issuer cannot be sorted by ${sort}`);
  const ordered = all.toSorted((a, b) => compare(Reflect.get(a, sort), Reflect.get(b, sort)));
  return jsonReply(200, { issuers: ordered });
}

function show(input: RouteInput): Reply {
  const { context, params, request } = input;
  const roleId = currentRole(input);
  const policyId = `${context.account}:policy:${ISSUERS_POLICY}/${params.issuer}`;
  if (!context.permissions.isVisible(roleId, policyId)) throw issuerNotFound(input);
  if (!context.permissions.isAllowed(roleId, 'read', policyId)) throw forbidden();
  const issuer = findIssuer(input);
  const projection = queryValue(request, 'projection');
  if (projection === undefined) return jsonReply(200, toJson(input, issuer));
  if (projection === 'minimal') return jsonReply(200, { max_ttl: issuer.maxTtlSeconds });
  throw codedError(422, 'unprocessable_entity', 'projection takes the value minimal only');
}

function update(input: RouteInput): Reply {
  const roleId = currentRole(input);
  requireOnIssuers(input, roleId, 'update', issuerNotFound(input));
  const issuer = findIssuer(input);
  const given = parseJsonObject(input.request);
  checkParameters(given, ['max_ttl', 'data']);
  const maxTtlSeconds = given.max_ttl === undefined ? issuer.maxTtlSeconds : parseMaxTtl(given.max_ttl);
  const data = given.data === undefined ? issuer.data : parseAwsData(given.data, readVariable(input, roleId));
  if (maxTtlSeconds < issuer.maxTtlSeconds)
    throw badIssuer(`max_ttl may only be raised; it is ${issuer.maxTtlSeconds}`);
  const changed = { ...issuer, maxTtlSeconds, data, modifiedAt: toTimestamp(input.context.now()) };
  issuersOf(input).save(changed);
  return jsonReply(200, toJson(input, changed));
}

async function remove(input: RouteInput): Promise<Reply> {
  const { context, request } = input;
  const roleId = currentRole(input);
  requireOnIssuers(input, roleId, 'update', issuerNotFound(input));
  const { id } = findIssuer(input);
  const variables = queryValue(request, 'keep_secrets') === 'true' ? [] : issuersOf(input).variablesOf(id);
  const reply = await context.policyLock.run(() =>
    context.database.transaction(() => {
      load(input, roleId, ISSUERS_POLICY, 'modify', toDeletion(id));
      for (const variable of variables) context.database.run('DELETE FROM resources WHERE resource_id = ?', variable);
      return emptyReply(204);
    }),
  );
  if (reply === undefined) throw policyConflict(context.random());
  return reply;
}

/** The branch of all issuers is made with the first one; a policy may also have made it before, with rights for others. */
function makeIssuersPolicy(input: RouteInput, roleId: string): void {
  const { account, permissions, resources } = input.context;
  if (resources.exists(`${account}:policy:${ISSUERS_POLICY}`)) return;
  if (!permissions.isAllowed(roleId, 'create', `${account}:policy:root`)) throw forbidden();
  load(input, roleId, 'root', 'create', `- !policy ${ISSUERS_POLICY}`);
}

function requireOnIssuers({ context }: RouteInput, roleId: string, privilege: string, hidden: Error): void {
  const policyId = `${context.account}:policy:${ISSUERS_POLICY}`;
  if (!context.permissions.isVisible(roleId, policyId)) throw hidden;
  if (!context.permissions.isAllowed(roleId, privilege, policyId)) throw forbidden();
}

function load({ context, request }: RouteInput, roleId: string, branch: string, mode: LoadMode, text: string): void {
  const policyId = `${context.account}:policy:${branch}`;
  loadPolicyText(context, { policyId, text, mode, roleId, clientIp: request.clientIp });
}

/** Whoever is in the group `delegation/consumers` may see the issuer and name it in dynamic variables. */
function toPolicy(id: string): string {
  return `- !policy
  id: "${id}"
  body:
  - !policy { id: delegation, body: [ !group consumers ] }
  - !permit { role: !group delegation/consumers, privileges: [ read, use ], resource: !policy }
`;
}

function toDeletion(id: string): string {
  const records = [`!group "${id}/delegation/consumers"`, `!policy "${id}/delegation"`, `!policy "${id}"`];
  return records.map((record) => `- !delete { record: ${record} }\n`).join('');
}

function readVariable({ context }: RouteInput, roleId: string): ReadVariable {
  return (name) => {
    const id = `${context.account}:variable:${name}`;
    if (!context.permissions.isAllowed(roleId, 'execute', id)) return undefined;
    return context.secrets.read(id)?.toString();
  };
}

function issuersOf({ context }: RouteInput): Issuers {
  return createIssuers(context.database, context.account);
}

function findIssuer(input: RouteInput): Issuer {
  const issuer = issuersOf(input).find(String(input.params.issuer));
  if (issuer === undefined) throw issuerNotFound(input);
  return issuer;
}

function toJson({ context }: RouteInput, issuer: Issuer): Record<string, unknown> {
  const isKeyThere = isObject(issuer.data) && 'secret_access_key' in issuer.data;
  return {
    id: issuer.id,
    account: context.account,
    max_ttl: issuer.maxTtlSeconds,
    type: issuer.type,
    data: { ...issuer.data, ...(isKeyThere ? { secret_access_key: '*****' } : {}) },
    created_at: issuer.createdAt,
    modified_at: issuer.modifiedAt,
  };
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

function issuerNotFound({ params }: RouteInput): ReplyError {
  const details = { code: 'not_found', target: 'id', message: params.issuer };
  const message = 'Issuer not found';
  return new ReplyError(jsonReply(404, { error: { code: 'not_found', message, target: null, details } }), message);
}

function exists(id: string): ReplyError {
  const message = `issuer "${id}" already exists`;
  const details = { code: 'conflict', target: 'id', message: id };
  return new ReplyError(jsonReply(409, { error: { code: 'conflict', message, target: 'issuer', details } }), message);
}

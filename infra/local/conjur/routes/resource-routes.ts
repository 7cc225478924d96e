import { presentQueryValue, queryValue, toInteger } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { argumentError, codedError, forbidden, recordNotFound } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { ResourceFilter } from '../store/resources.ts';
import { currentRole, roleExists, visibleResource } from './current-role.ts';
import { toFullRoleId } from './full-role-id.ts';

const KINDS = '(?:variable|public_key|user|host|layer|group|policy|webservice|host_factory|configuration)';
const LIST_LIMIT = 1000;
/** A larger limit that a genuine Conjur lets pass for the vendor's synchronizer. */
const SYNCHRONIZER_LIMIT = 10_000;
const LIMIT_WITH_OFFSET = 10;

/** Looking at resources: list, show, and whether a privilege is held. */
export const resourceRoutes: readonly Route[] = [
  { method: 'GET', path: '/resources', handle: list },
  { method: 'GET', path: '/resources/:account', handle: list },
  { method: 'GET', path: `/resources/:account/:kind{${KINDS}}`, handle: list },
  { method: 'GET', path: `/resources/:account/:kind{${KINDS}}/:identifier{.+}`, handle: one },
];

function one(input: RouteInput): Reply {
  if (input.request.query.has('check')) return check(input);
  if (input.request.query.has('permitted_roles')) return permittedRoles(input);
  const id = visibleResource(input, currentRole(input));
  return jsonReply(200, input.context.resources.show(id));
}

function check(input: RouteInput): Reply {
  const { context, request } = input;
  const privilege = queryValue(request, 'privilege');
  const roleId = currentRole(input);
  if (privilege === undefined) throw argumentError('privilege');
  const assumed = assumedRole(input, roleId, presentQueryValue(request, 'role'));
  const id = visibleResource(input, roleId);
  return emptyReply(context.permissions.isAllowed(assumed, privilege, id) ? 204 : 404);
}

function permittedRoles(input: RouteInput): Reply {
  const { context, request } = input;
  const roleId = currentRole(input);
  const privilege = queryValue(request, 'privilege') ?? queryValue(request, 'permission');
  if (privilege === undefined) throw argumentError('privilege');
  const id = visibleResource(input, roleId);
  return jsonReply(200, context.permissions.rolesThatCan(privilege, id));
}

function list(input: RouteInput): Reply {
  const { context, request, params } = input;
  const roleId = currentRole(input);
  const role = presentQueryValue(request, 'role') ?? presentQueryValue(request, 'acting_as');
  const isCount = queryValue(request, 'count') === 'true';
  const account = params.account ?? queryValue(request, 'account');
  const filter: ResourceFilter = {
    visibleTo: assumedRole(input, roleId, role),
    account,
    kind: params.kind ?? queryValue(request, 'kind'),
    owner: owner(input, account ?? context.account),
    search: queryValue(request, 'search'),
    ...parsePage(queryValue(request, 'limit'), queryValue(request, 'offset'), request.query.has('count')),
  };
  if (isCount) return jsonReply(200, { count: context.resources.count(filter) });
  return jsonReply(200, context.resources.list(filter));
}

function owner({ context, request }: RouteInput, account: string): string | undefined {
  const given = queryValue(request, 'owner');
  if (given === undefined) return undefined;
  const id = toFullRoleId(given, account);
  if (!roleExists(context.database, id)) throw recordNotFound(id);
  return id;
}

/** The role that the query speaks of; the asking role must be it or a member of it. */
function assumedRole({ context }: RouteInput, roleId: string, given: string | undefined): string {
  if (given === undefined) return roleId;
  if (!roleExists(context.database, given) || !context.permissions.isMemberOf(roleId, given)) throw forbidden();
  return given;
}

/** @param isCount whether `count` is asked for, true or not: the server's own limit does not bound it. */
function parsePage(limit: string | undefined, offset: string | undefined, isCount: boolean) {
  const asked = toInteger(limit ?? '');
  if (!isCount && asked > LIST_LIMIT && asked !== SYNCHRONIZER_LIMIT) {
    throw unprocessable(`'Limit' parameter must not exceed ${LIST_LIMIT}`);
  }
  if (limit !== undefined && (!isInteger(limit) || Number(limit) <= 0)) {
    throw unprocessable("'limit' contains an invalid value. 'limit' must be a positive integer.");
  }
  if (offset !== undefined && (!isInteger(offset) || Number(offset) < 0)) {
    throw unprocessable("'offset' contains an invalid value. 'offset' must be an integer greater than or equal to 0.");
  }
  const fallback = offset !== undefined ? LIMIT_WITH_OFFSET : isCount ? undefined : LIST_LIMIT;
  return { limit: limit === undefined ? fallback : asked, offset: offset === undefined ? undefined : Number(offset) };
}

function isInteger(text: string): boolean {
  return /^-?(?:0|[1-9]\d{0,17})$/.test(text);
}

function unprocessable(message: string) {
  return codedError(422, 'unprocessable_entity', message);
}

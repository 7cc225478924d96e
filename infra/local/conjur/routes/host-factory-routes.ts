import { isAddressAllowed } from '../authn/is-address-allowed.ts';
import { type BodyParameters, isObject, parseParameters } from '../http/body-parameters.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { argumentError, codedError, forbidden, recordNotFound, unauthorized } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { toCidr } from '../policy/attributes.ts';
import {
  createHostFactoryTokens,
  type HostFactoryToken,
  type HostFactoryTokens,
  toShownToken,
} from '../store/host-factory-tokens.ts';
import { insertRecord } from '../store/records.ts';
import { currentRole, roleExists } from './current-role.ts';

/** A host factory's tokens, and the hosts that machines make with them. */
export const hostFactoryRoutes: readonly Route[] = [
  { method: 'POST', path: '/host_factory_tokens', handle: createTokens },
  { method: 'DELETE', path: '/host_factory_tokens/:token', handle: revoke },
  { method: 'POST', path: '/host_factories/hosts', handle: makeHost },
];

function createTokens(input: RouteInput): Reply {
  const { context } = input;
  const given = parseParameters(input.request);
  const hostFactoryId = textOf(given, 'host_factory');
  authorize(input, hostFactoryId, 'execute');
  if (hostFactoryId.split(':')[1] !== 'host_factory')
    throw argumentError(`Invalid resource kind: ${hostFactoryId.split(':')[1]}`);
  const expiresAtMs = parseExpiration(textOf(given, 'expiration'), context.now());
  const cidrs = parseCidrs(given.cidr);
  const tokens = createHostFactoryTokens(context.database);
  const made = context.database.transaction(() =>
    Array.from({ length: parseCount(given.count) }, () => {
      const token = { hostFactoryId, expiresAtMs, cidrs };
      return toShownToken(tokens.create(token), token);
    }),
  );
  return jsonReply(200, made);
}

function revoke(input: RouteInput): Reply {
  const text = String(input.params.token);
  const tokens = createHostFactoryTokens(input.context.database);
  const token = tokens.find(text);
  if (token === undefined) throw recordNotFound(`*:host_factory_token:${text}`);
  authorize(input, token.hostFactoryId, 'update');
  tokens.delete(text);
  return emptyReply(204);
}

/** Makes the host, or gives the one that the same factory has made a new api key. */
function makeHost(input: RouteInput): Reply {
  const { context, request } = input;
  const { hostFactoryId } = requireToken(input, createHostFactoryTokens(context.database));
  const given = parseParameters(request);
  const id = textOf(given, 'id');
  if (/^\/?conjur\//.test(id)) throw argumentError(`Invalid id: ${id}`);
  const [account] = hostFactoryId.split(':');
  const hostId = `${account}:host:${id}`;
  return context.database.transaction(() => {
    const owner = context.resources.ownerOf(hostId);
    // A role without a resource has no owner to ask for.
    if (owner === undefined ? roleExists(context.database, hostId) : owner !== hostFactoryId) throw forbidden();
    if (owner === undefined) insertHost(input, hostId, hostFactoryId, given.annotations);
    else context.credentials.rotate(hostId);
    const apiKey = isKeyWanted(input, hostId) ? context.credentials.find(hostId)?.apiKey : undefined;
    return jsonReply(201, { ...context.resources.show(hostId), api_key: apiKey ?? null });
  });
}

/** A missing, an unknown, an expired and a far-away token are refused alike, so that nobody learns which it was. */
function requireToken({ context, request }: RouteInput, tokens: HostFactoryTokens): HostFactoryToken {
  const text = /^Token token="(.*)"/s.exec(request.headers.authorization ?? '')?.[1];
  const token = text === undefined ? undefined : tokens.find(text);
  if (token === undefined || token.expiresAtMs <= context.now()) throw unauthorized();
  if (!isAddressAllowed(request.clientIp, token.cidrs)) throw unauthorized();
  return token;
}

function insertHost({ context }: RouteInput, hostId: string, ownerId: string, annotations: unknown): void {
  const { database } = context;
  const given = Object.entries(isObject(annotations) ? annotations : {}).map(([name, value]) => [name, String(value)]);
  insertRecord(database, { id: hostId, ownerId, isRole: true, annotations: Object.fromEntries(given) }, context.now());
  const join = 'INSERT INTO role_memberships (role_id, member_id, admin_option, ownership) VALUES (?, ?, 0, 0)';
  for (const layer of layersOf(context.resources.show(ownerId))) database.run(join, layer, hostId);
  context.credentials.create(hostId);
}

function layersOf(hostFactory: Record<string, unknown> | undefined): string[] {
  return Array.isArray(hostFactory?.layers) ? hostFactory.layers.map(String) : [];
}

function isKeyWanted({ context }: RouteInput, hostId: string): boolean {
  const asked = context.resources.annotation(hostId, 'authn/api-key')?.toLowerCase();
  return context.areApiKeysDefault || asked === 'true';
}

function authorize(input: RouteInput, hostFactoryId: string, privilege: string): void {
  const { permissions } = input.context;
  const roleId = currentRole(input);
  if (!permissions.isVisible(roleId, hostFactoryId)) throw recordNotFound(hostFactoryId);
  if (!permissions.isAllowed(roleId, privilege, hostFactoryId)) throw forbidden();
}

function textOf(given: BodyParameters, name: string): string {
  const value = given[name];
  if (typeof value !== 'string' || value === '') throw argumentError(name);
  return value;
}

function parseCount(given: unknown): number {
  const count = Number(given ?? 1);
  if (Number.isInteger(count) && count > 0) return count;
  throw argumentError(`Invalid value for parameter 'count': ${given}`);
}

/** A time without an offset is UTC. */
function parseExpiration(text: string, nowMs: number): number {
  const isIso = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+)?(?:Z|[+-]\d{2}:?\d{2})?$/.test(text);
  const expiresAtMs = Date.parse(/T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  if (!isIso || Number.isNaN(expiresAtMs)) throw argumentError(`Input is invalid ISO8601 datetime string: ${text}`);
  if (expiresAtMs > nowMs) return expiresAtMs;
  throw argumentError(`Value for parameter expiration must be in the future: ${text}`);
}

function parseCidrs(given: unknown): string[] {
  const list = Array.isArray(given) ? given : given === undefined || given === '' ? [] : [given];
  try {
    return list.filter((cidr) => cidr !== '').map((cidr) => toCidr(cidr));
  } catch (error) {
    throw codedError(422, 'unprocessable_entity', (error as Error).message);
  }
}

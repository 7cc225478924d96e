import { type ConjurRequest, queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { argumentError, codedError, forbidden, internalError, noRoute, valueNotFound } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import { currentRole, visibleResource } from './current-role.ts';
import { checkDynamicCount, isDynamic, makeDynamicSecret } from './dynamic-secret.ts';

const PUBLIC_KEY = /^ssh-(?:rsa|ed25519|ecdsa-[a-z0-9-]+) [A-Za-z0-9+/=]+ ?.*$/;

/** Reading and writing values. */
export const secretRoutes: readonly Route[] = [
  { method: 'GET', path: '/secrets', handle: readMany },
  { method: 'GET', path: '/secrets/:account/:kind{variable}/:identifier{.+}', handle: readOne },
  { method: 'POST', path: '/secrets/:account/:kind{(?:variable|public_key)}/:identifier{.+}', handle: write },
  { method: 'POST', path: '/secrets/:account/:kind/:identifier{.+}', handle: writeOther },
];

function readOne(input: RouteInput): Reply {
  const { context, request, params } = input;
  const roleId = currentRole(input);
  const id = `${params.account}:${params.kind}:${params.identifier}`;
  if (!context.permissions.isVisible(roleId, id)) throw valueNotFound(id);
  if (!context.permissions.isAllowed(roleId, 'execute', id)) throw forbidden();
  if (isDynamic(context, id)) return dynamicReply(makeDynamicSecret(context, id));
  const value = context.secrets.read(id, parseVersion(queryValue(request, 'version')));
  if (value === undefined) throw valueNotFound(id);
  const type = context.resources.annotation(id, 'conjur/mime_type') ?? 'application/octet-stream';
  return { status: 200, headers: { 'content-type': type }, body: value };
}

function dynamicReply(body: string): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

function write(input: RouteInput): Reply {
  const { context, request, params } = input;
  if (request.query.has('expirations')) return expire(input);
  const id = updatable(input);
  if (isDynamic(context, id))
    throw codedError(
      405,
      'method_not_allowed',
      'The value of a dynamic variable is made by its issuer, and cannot be set',
    );
  const text = request.body.toString('latin1');
  if (params.kind === 'public_key' && !PUBLIC_KEY.test(text)) throw argumentError('Invalid public key format');
  if (/^\s*$/.test(text.replaceAll('\xa0', 'x'))) throw argumentError("'value' may not be empty");
  context.secrets.write(id, request.body);
  return emptyReply(201);
}

/** A kind that holds no value has no route to write one, but one to let it expire. */
function writeOther(input: RouteInput): Reply {
  if (!input.request.query.has('expirations')) throw noRoute();
  return expire(input);
}

/** Forgets when a value expires. */
function expire(input: RouteInput): Reply {
  const roleId = currentRole(input);
  if (input.params.kind !== 'variable') throw argumentError(`Invalid secret kind: ${input.params.kind}`);
  input.context.secrets.expire(updatable(input, roleId));
  return emptyReply(201);
}

function updatable(input: RouteInput, roleId = currentRole(input)): string {
  const id = visibleResource(input, roleId);
  if (!input.context.permissions.isAllowed(roleId, 'update', id)) throw forbidden();
  return id;
}

/** A version as Ruby's `Integer()` reads it; 422 for anything else. */
function parseVersion(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const text = given.trim();
  if (!/^[-+]?(?:0|[1-9]\d*(?:_\d+)*)$/.test(text)) throw argumentError("invalid type for parameter 'version'");
  return Number(text.replaceAll('_', ''));
}

function readMany(input: RouteInput): Reply {
  const { context, request } = input;
  const roleId = currentRole(input);
  const ids = parseIds(request);
  if (context.permissions.deniedAmong(roleId, 'execute', ids).length > 0) throw forbidden();
  checkDynamicCount(context, ids);
  const values = context.secrets.readLatest(ids);
  for (const id of context.resources.existingAmong(ids.filter((id) => isDynamic(context, id))))
    values.set(id, Buffer.from(makeDynamicSecret(context, id)));
  if (values.size !== ids.length) throw whyNotAll(ids, context.resources.existingAmong(ids), values);
  const isBase64 = String(request.headers['accept-encoding'] ?? '').toLowerCase() === 'base64';
  const encode = isBase64 ? toBase64Lines : toUtf8;
  const body: Record<string, string> = {};
  for (const id of ids) body[id] = encode(values.get(id) as Buffer);
  return jsonReply(200, body, isBase64 ? { 'content-encoding': 'base64' } : {});
}

/** What is not there is told before what has no value. */
function whyNotAll(ids: readonly string[], existing: ReadonlySet<string>, values: ReadonlyMap<string, Buffer>): Error {
  const missing = ids.find((id) => !existing.has(id));
  if (missing !== undefined) return valueNotFound(missing);
  // An id that is asked for twice: a genuine Conjur counts one row too few and fails looking for the missing one.
  if (existing.size !== ids.length) return internalError();
  return valueNotFound(ids.find((id) => !values.has(id)) ?? '');
}

/** Ids are separated by commas. In the form `variable_ids[]=` a genuine Conjur copes with a single one. */
function parseIds(request: ConjurRequest): string[] {
  const listed = request.query.getAll('variable_ids[]');
  if (listed.length > 1) throw internalError();
  const ids = listed.length === 1 ? listed : (queryValue(request, 'variable_ids') ?? '').replace(/,+$/, '').split(',');
  if (ids.some((id) => id === '')) throw argumentError('variable_ids');
  return ids;
}

const LINE_LENGTH = 60;
const LINES = new RegExp(`.{1,${LINE_LENGTH}}`, 'g');

/** Base64 with a line break after every {@link LINE_LENGTH} characters and at the end. Most values are a single line. */
function toBase64Lines(value: Buffer): string {
  const text = value.toString('base64');
  return text.length <= LINE_LENGTH && text !== '' ? `${text}\n` : text.replace(LINES, '$&\n');
}

function toUtf8(value: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    const advice = "Issue encoding secret into JSON format, try including 'Accept-Encoding: base64' header in request.";
    throw codedError(406, 'not_acceptable', `CONJ00074E ${advice}`);
  }
}

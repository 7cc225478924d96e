import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { emptyReply } from '../http/reply.ts';
import { codedError, ReplyError } from '../http/reply-error.ts';
import type { ServerContext } from '../server-context.ts';
import {
  authorizeService,
  refuse,
  requireService,
  type ServiceLogin,
  serviceAnnotations,
  serviceVariable,
} from './authorize-service.ts';
import { toRoleId } from './login.ts';

/**
 * Logs in with a JWT that was signed by a known key. The variables `public-keys`, `issuer`, `audience`,
 * `token-app-property`, `identity-path`, `enforced-claims` and `claim-aliases` of the service are honoured.
 *
 * @param given the login of the path; absent where the token names the host.
 * @param jwt the `jwt` field of the form; null when there is none.
 * @returns the role that logs in.
 * @throws {ReplyError} 400 without a token, 401 for any other reason.
 */
export async function authenticateByJwt(
  context: ServerContext,
  login: ServiceLogin,
  given: string | undefined,
  jwt: string | null,
): Promise<string> {
  if (!jwt) throw new ReplyError(emptyReply(400));
  requireService(context, login);
  const claims = await verify(context, login, jwt);
  const roleId = toRoleId(login.account, identify(context, login, given, claims));
  authorizeService(context, login, roleId);
  checkClaims(context, login, roleId, claims);
  return roleId;
}

/** A name of a claim, or names of several levels. */
const CLAIM = /^[A-Za-z$_][\w$.-]*(?:\/[A-Za-z$_][\w$.-]*)*$/;

async function verify(context: ServerContext, login: ServiceLogin, jwt: string): Promise<JWTPayload> {
  const issuer = serviceVariable(context, login, 'issuer');
  const audience = serviceVariable(context, login, 'audience');
  const expected = { ...(issuer === undefined ? {} : { issuer }), ...(audience === undefined ? {} : { audience }) };
  try {
    const keys = createLocalJWKSet(readKeys(context, login));
    const { payload } = await jwtVerify(jwt, keys, { ...expected, currentDate: new Date(context.now()) });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw codedError(401, 'unauthorized', 'CONJ00016E Token expired');
    if (error instanceof errors.JOSEError) throw refuse(context, login, error.message);
    throw error;
  }
}

function readKeys(context: ServerContext, login: ServiceLogin): JSONWebKeySet {
  const variable = serviceVariable(context, login, 'public-keys');
  if (variable === undefined) return context.jwt?.jwks ?? { keys: [] };
  try {
    return JSON.parse(variable).value;
  } catch {
    throw refuse(
      context,
      login,
      'the variable public-keys is not JSON of the form {"type": "jwks", "value": {"keys": []}}',
    );
  }
}

function identify(context: ServerContext, login: ServiceLogin, given: string | undefined, claims: JWTPayload): string {
  const property = serviceVariable(context, login, 'token-app-property');
  if (property === undefined) {
    if (given === undefined) throw refuse(context, login, 'neither the path nor token-app-property names a host');
    return given;
  }
  if (given !== undefined) throw refuse(context, login, 'token-app-property is set, so the path may not name a host');
  const value = claimAt(claims, property);
  if (typeof value !== 'string') throw refuse(context, login, `the token has no text claim ${property}`);
  const path = serviceVariable(context, login, 'identity-path');
  return ['host', ...(path === undefined ? [] : [path.replace(/\/+$/, '')]), value].join('/');
}

/**
 * The host must have an annotation at least, its annotations must agree with the token, and every enforced claim must be among them: a host
 * without any would be anybody's whom the issuer knows.
 */
function checkClaims(context: ServerContext, login: ServiceLogin, roleId: string, claims: JWTPayload): void {
  const annotations = serviceAnnotations(context, login, roleId);
  if (annotations.size === 0)
    throw refuse(context, login, `${roleId} has no annotation of this service: it must name one claim at least`);
  const aliases = readAliases(context, login);
  const hidden = [...annotations.keys()].find((name) => !aliases.has(name) && [...aliases.values()].includes(name));
  if (hidden !== undefined)
    throw refuse(context, login, `the claim ${hidden} has an alias, which the annotation of ${roleId} must name`);
  for (const [name, value] of annotations) {
    const claim = claimAt(claims, aliases.get(name) ?? name);
    const isFound = Array.isArray(claim) ? claim.map(String).includes(value) : String(claim) === value;
    if (!isFound) throw refuse(context, login, `the claim ${name} does not match the annotation of ${roleId}`);
  }
  const enforced = serviceVariable(context, login, 'enforced-claims')?.split(',') ?? [];
  const nameOf = (claim: string) => [...aliases].find(([, aliased]) => aliased === claim)?.[0] ?? claim;
  const missing = enforced.map((name) => nameOf(name.trim())).find((name) => !annotations.has(name));
  if (missing !== undefined)
    throw refuse(context, login, `${roleId} has no annotation for the enforced claim ${missing}`);
}

/** `branch:ref, team:google/team`: names of annotations, with the claims that they stand for. */
function readAliases(context: ServerContext, login: ServiceLogin): Map<string, string> {
  const pairs = serviceVariable(context, login, 'claim-aliases')?.split(',') ?? [];
  const aliases = pairs.map((pair) => pair.split(':').map((name) => name.trim()));
  const isGood = ([alias = '', claim = '', ...more]: string[]) =>
    more.length === 0 && CLAIM.test(alias) && !alias.includes('/') && CLAIM.test(claim);
  if (!aliases.every(isGood)) throw refuse(context, login, 'the variable claim-aliases is not a list of alias:claim');
  return new Map(aliases as [string, string][]);
}

/** A claim by its path: `kubernetes.io/namespace` is looked up as one name first, then level by level. */
function claimAt(claims: JWTPayload, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  return path.split('/').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
  }, claims);
}

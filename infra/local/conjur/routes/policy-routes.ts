import { checkLoadOfEdition } from '../edition.ts';
import { queryValue } from '../http/conjur-request.ts';
import { emptyReply, jsonReply, type Reply } from '../http/reply.ts';
import { codedError, forbidden, internalError, ReplyError, recordNotFound } from '../http/reply-error.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { LoadMode } from '../policy/apply-policy.ts';
import { rehearsePolicy } from '../policy/dry-run.ts';
import { buildEffectivePolicy, countEffectivePolicy, findParts } from '../policy/effective-policy.ts';
import { loadPolicyText, type PolicyLoad } from '../policy/load-policy.ts';
import { RepeatedStatementError } from '../policy/policy-error.ts';
import { toPolicyJson, toPolicyYaml } from '../policy/write-policy.ts';
import type { ServerContext } from '../server-context.ts';
import { ensureRootPolicy } from '../store/open-store.ts';
import { currentRole, visibleResource } from './current-role.ts';

const PATH = '/policies/:account/:kind{policy}/:identifier{.+}';
const LONGEST_RETRY_SECONDS = 8;
/** Bounds and defaults of `depth` and `limit` of an effective policy. */
const DEEPEST = 64;
const LARGEST = 100_000;

/** Reading a branch as one policy, and loading policy: POST adds, PATCH also changes and deletes, PUT also removes what the text does not name. */
export const policyRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, handle: show },
  { method: 'POST', path: PATH, handle: (input) => load(input, 'create', 'create') },
  { method: 'PATCH', path: PATH, handle: (input) => load(input, 'modify', 'update') },
  { method: 'PUT', path: PATH, handle: (input) => load(input, 'replace', 'update') },
];

/** Only an owner of the branch may read it; whoever else sees it meets a fault of a genuine Conjur 1.24. */
function show(input: RouteInput): Reply {
  const { context, request } = input;
  const { database, permissions, resources } = context;
  const [roleId, policyId] = findBranch(input);
  if (!permissions.allRoles(roleId).includes(resources.ownerOf(policyId) ?? '')) throw internalError();
  const depth = parseBound(input, 'depth', DEEPEST);
  const limit = parseBound(input, 'limit', LARGEST);
  const wanted = { account: context.account, roleId, branch: String(input.params.identifier), depth };
  const parts = findParts(database, permissions, wanted);
  const size = countEffectivePolicy(database, parts);
  if (size > limit)
    throw codedError(422, 'unprocessable_entity', `The policy has ${size} elements, more than the limit of ${limit}`);
  const statements = buildEffectivePolicy(database, wanted, parts);
  if (request.headers['content-type'] === 'application/json') return jsonReply(200, toPolicyJson(statements));
  const headers = { 'content-type': 'application/x-yaml; charset=utf-8' };
  return { status: 200, headers, body: toPolicyYaml(statements) };
}

function parseBound({ request }: RouteInput, name: string, max: number): number {
  const text = queryValue(request, name);
  if (text === undefined) return max;
  if (!/^\d{1,9}$/.test(text) || Number(text) > max) throw new ReplyError(emptyReply(400));
  return Number(text);
}

/** Who asks, and the branch of the path, which he sees. */
function findBranch(input: RouteInput): [roleId: string, policyId: string] {
  const { context, params } = input;
  const roleId = currentRole(input);
  // A genuine Conjur makes the root policy of an account at its first use and looks for the admin who is to own it.
  if (params.account !== context.account) throw recordNotFound(`${params.account}:user:admin`);
  ensureRootPolicy(context.database, context.account, context.now());
  return [roleId, visibleResource(input, roleId)];
}

async function load(input: RouteInput, mode: LoadMode, privilege: string): Promise<Reply> {
  const { context, request } = input;
  const [roleId, policyId] = findBranch(input);
  const isAsked = queryValue(request, 'dryRun')?.trim().toLowerCase() === 'true';
  // An older server does not know the parameter, and loads.
  const isDryRun = isAsked && context.behaviour.hasDryRun;
  checkLoadOfEdition(context, String(input.params.identifier), mode, isDryRun);
  // What a PUT does not name it deletes, so it takes the right to everything below the branch.
  const isPermitted = mode === 'replace' ? context.permissions.isAllowedBelow : context.permissions.isAllowed;
  // A genuine Conjur wants to report on the dry run that it has refused, has nothing to report on, and fails.
  if (!isPermitted(roleId, privilege, policyId)) throw isDryRun ? internalError() : forbidden();
  const work: PolicyLoad = { policyId, text: request.body.toString(), mode, roleId, clientIp: request.clientIp };
  const reply = await context.policyLock.run(() => (isDryRun ? rehearse(input, work) : carryOut(input, work)));
  if (reply === undefined) throw policyConflict(context.random());
  return reply;
}

function carryOut({ context }: RouteInput, work: PolicyLoad): Reply {
  const { version, createdRoles, warnings } = withConflicts(context, () => loadPolicyText(context, work));
  const more = warnings.length === 0 ? {} : { warnings };
  return jsonReply(201, { created_roles: createdRoles, version, ...more });
}

function rehearse({ context }: RouteInput, work: PolicyLoad): Reply {
  const report = withConflicts(context, () => rehearsePolicy(context, work));
  return jsonReply(report.status === 'Valid YAML' ? 200 : 422, report);
}

/** A genuine Conjur takes every row that is already there for the work of another load. */
function withConflicts<T>(context: ServerContext, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RepeatedStatementError ? policyConflict(context.random()) : error;
  }
}

/** 409 for a load that another one keeps out, with the seconds to wait. */
export function policyConflict(random: number): ReplyError {
  const retryAfter = 1 + Math.floor(random * LONGEST_RETRY_SECONDS);
  const error = { code: 'policy_conflict', message: 'Concurrent policy load in progress, please retry' };
  return new ReplyError(jsonReply(409, { error }, { 'retry-after': String(retryAfter) }), error.message);
}

import type { ConjurContext } from '../conjur-context.ts';
import { ConjurError, forbidden, recordNotFound } from '../http/conjur-error.ts';
import { queryValue } from '../http/conjur-request.ts';
import { jsonReply, type Reply } from '../http/reply.ts';
import type { Route, RouteInput } from '../http/route.ts';
import type { LoadMode } from '../policy/apply-policy.ts';
import { rehearsePolicy } from '../policy/dry-run.ts';
import { loadPolicy, type PolicyLoad } from '../policy/load-policy.ts';
import { RepeatedStatementError } from '../policy/policy-error.ts';
import { currentRole, visibleResource } from './current-role.ts';

const PATH = '/policies/:account/:kind{policy}/:identifier{.+}';
const LONGEST_RETRY_SECONDS = 8;

/** Loading policy: POST adds, PATCH also changes and deletes, PUT also removes what the text does not name. */
export const policyRoutes: readonly Route[] = [
  { method: 'POST', path: PATH, handle: (input) => load(input, 'create', 'create') },
  { method: 'PATCH', path: PATH, handle: (input) => load(input, 'modify', 'update') },
  { method: 'PUT', path: PATH, handle: (input) => load(input, 'replace', 'update') },
];

async function load(input: RouteInput, mode: LoadMode, privilege: string): Promise<Reply> {
  const { context, request, params } = input;
  const roleId = currentRole(input);
  // A genuine Conjur makes the root policy of an account at its first load and looks for the admin who is to own it.
  if (params.account !== context.account) throw recordNotFound(`${params.account}:user:admin`);
  const policyId = visibleResource(input, roleId);
  // What a PUT does not name it deletes, so it takes the right to everything below the branch.
  const isPermitted = mode === 'replace' ? context.permissions.isAllowedBelow : context.permissions.isAllowed;
  if (!isPermitted(roleId, privilege, policyId)) throw forbidden();
  const work: PolicyLoad = { policyId, text: request.body.toString(), mode, roleId, clientIp: request.clientIp };
  const isDryRun = queryValue(request, 'dryRun')?.trim().toLowerCase() === 'true';
  const reply = await context.policyLock.run(() => (isDryRun ? rehearse(input, work) : carryOut(input, work)));
  if (reply === undefined) throw conflict(context.random());
  return reply;
}

function carryOut({ context }: RouteInput, work: PolicyLoad): Reply {
  const { version, createdRoles, warnings } = withConflicts(context, () => loadPolicy(context, work));
  const more = warnings.length === 0 ? {} : { warnings };
  return jsonReply(201, { created_roles: createdRoles, version, ...more });
}

function rehearse({ context }: RouteInput, work: PolicyLoad): Reply {
  const report = withConflicts(context, () => rehearsePolicy(context, work));
  return jsonReply(report.status === 'Valid YAML' ? 200 : 422, report);
}

/** A genuine Conjur takes every row that is already there for the work of another load. */
function withConflicts<T>(context: ConjurContext, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RepeatedStatementError ? conflict(context.random()) : error;
  }
}

function conflict(random: number): ConjurError {
  const retryAfter = 1 + Math.floor(random * LONGEST_RETRY_SECONDS);
  const error = { code: 'policy_conflict', message: 'Concurrent policy load in progress, please retry' };
  return new ConjurError(jsonReply(409, { error }, { 'retry-after': String(retryAfter) }), error.message);
}

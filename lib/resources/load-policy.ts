import type { ConjurContext } from '../answers.ts';
import { parseJsonObject, toConjurError } from '../answers.ts';
import type { Deadline } from '../deadline.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { parseVariableName, toPolicyPath } from '../names.ts';
import { Secret } from '../secret.ts';

export interface LoadPolicyOptions {
  /**
   * `add` (POST, the default) only adds; `update` (PATCH) also obeys `!delete`, `!deny` and `!revoke`; `replace` (PUT) removes what
   * the document does not name.
   */
  readonly mode?: 'add' | 'update' | 'replace';
  /** Checks the document and reports, but changes nothing. Default false. */
  readonly dryRun?: boolean;
}

export interface PolicyLoadResult {
  /** Version of the branch's policy; undefined in a dry run. */
  readonly version: number | undefined;
  /** Api keys of roles that the load created, by full role id. */
  readonly createdRoles: ReadonlyMap<string, Secret>;
}

const METHODS = { add: 'POST', update: 'PATCH', replace: 'PUT' } as const;

/**
 * Loads a policy document into a branch.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_append_policy.htm
 * @throws ConjurError `forbidden`, `policy_conflict`, `unprocessable`
 */
export async function loadPolicy(
  context: ConjurContext,
  branch: string,
  document: string,
  options: LoadPolicyOptions,
  deadline: Deadline,
): Promise<PolicyLoadResult> {
  const path = toPolicyPath(context.account, parseVariableName(branch));
  const request: HttpRequest = {
    method: METHODS[options.mode ?? 'add'],
    path: options.dryRun === true ? `${path}?dryRun=true` : path,
    headers: { 'content-type': 'application/x-yaml' },
    body: document,
    action: `loading policy into the branch "${branch}"`,
    idempotent: true,
    repeatOn: [409],
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200 && response.status !== 201) throw toPolicyError(context, branch, request, response);
  const answer = parseJsonObject(context, request, response);
  return {
    version: Number.isSafeInteger(answer.version) ? (answer.version as number) : undefined,
    createdRoles: toRoles(answer.created_roles),
  };
}

function toRoles(roles: unknown): Map<string, Secret> {
  const entries = Object.entries((roles ?? {}) as Record<string, { api_key?: unknown } | null>);
  return new Map(
    entries.flatMap(([id, role]) => (typeof role?.api_key === 'string' ? [[id, Secret.of(role.api_key)]] : [])),
  );
}

function toPolicyError(
  context: ConjurContext,
  branch: string,
  request: HttpRequest,
  response: HttpResponse,
): ConjurError {
  const { status } = response;
  if (status === 403 || status === 404) {
    return new ConjurError(
      'forbidden',
      `This identity may not load policy into the branch "${branch}", or there is no such branch. Create the branch, and grant \`create\` on it (and \`update\` for deletions) to this identity; or set ${context.nameOf('policyBranch')}.`,
    );
  }
  if (status === 422) {
    return new ConjurError(
      'unprocessable',
      `Conjur rejected the policy for the branch "${branch}": ${explain(context, response)}`,
    );
  }
  return toConjurError(context, request, response);
}

/** Conjur says where the document is wrong; a policy document holds names and no values, so its words may be passed on. */
function explain({ nameOf }: ConjurContext, { body }: HttpResponse): string {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message.slice(0, 500);
  } catch {
    // Not JSON: nothing that could be passed on.
  }
  return `it gives no reason. Check names, annotations and the roles in ${nameOf('grantRead')} and ${nameOf('grantWrite')}.`;
}

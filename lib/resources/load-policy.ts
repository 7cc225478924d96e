import type { ConjurContext } from '../answers.ts';
import {
  conjurErrorOf,
  conjurJsonOf,
  isAbsence,
  isObject,
  isPage,
  parseJsonObject,
  toConjurError,
  unreadableChange,
} from '../answers.ts';
import type { Deadline } from '../clock.ts';
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
  if (response.status !== 201 && (response.status !== 200 || options.dryRun !== true))
    throw toPolicyError(context, branch, request, response);
  return options.dryRun === true ? toDryRun(context, request, response) : toLoaded(context, request, response);
}

/** A server that knows no dry runs has loaded the document, and gives the version that it made. */
function toDryRun(context: ConjurContext, request: HttpRequest, response: HttpResponse): PolicyLoadResult {
  const { version } = parseJsonObject(context, request, response);
  return { version: isVersion(version) ? version : undefined, createdRoles: new Map() };
}

function toLoaded(context: ConjurContext, request: HttpRequest, response: HttpResponse): PolicyLoadResult {
  const answer = conjurJsonOf(response);
  const roles = answer?.created_roles;
  if (!isVersion(answer?.version) || !isObject(roles)) throw unreadableChange(context, request, response);
  return { version: answer.version, createdRoles: toRoles(roles) };
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function toRoles(roles: Readonly<Record<string, unknown>>): Map<string, Secret> {
  return new Map(
    Object.entries(roles).flatMap(([id, role]) =>
      isObject(role) && typeof role.api_key === 'string' ? [[id, Secret.of(role.api_key)]] : [],
    ),
  );
}

function toPolicyError(
  context: ConjurContext,
  branch: string,
  request: HttpRequest,
  response: HttpResponse,
): ConjurError {
  const { status } = response;
  if (isPage(response)) return toConjurError(context, request, response);
  if (status < 300) return unreadableChange(context, request, response);
  if (status === 403 || isAbsence(response)) {
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
function explain({ nameOf }: ConjurContext, response: HttpResponse): string {
  const message = conjurErrorOf(response)?.message;
  if (typeof message === 'string') return message.slice(0, 500);
  return `it gives no reason. Check names, annotations and the roles in ${nameOf('grantRead')} and ${nameOf('grantWrite')}.`;
}

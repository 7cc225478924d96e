import type { ConjurContext } from '../answers.ts';
import {
  conjurErrorOf,
  conjurJsonOf,
  isAbsence,
  isObject,
  isPage,
  parseJsonObject,
  type SentChange,
  sendChange,
  toConjurError,
  unreadableChange,
} from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { parseBranch, toPolicyPath } from '../names.ts';
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
  /**
   * True where an answer was lost and the load was sent again: roles that the first try created are missing in `createdRoles`, for Conjur
   * tells a key once. Give such a role a new one (`rotateApiKeyOf`).
   */
  readonly rolesMayBeMissing: boolean;
}

const METHODS = { add: 'POST', update: 'PATCH', replace: 'PUT' } as const;

const UNKNOWN =
  'It is not known whether the policy was loaded: it may have been. The api keys of roles that it created, if any, are lost.';

/**
 * Loads a policy document into a branch. Sent again where an answer was lost: the same document a second time changes nothing.
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
  const path = toPolicyPath(context.account, parseBranch(branch));
  const { mode = 'add' } = options;
  if (!Object.hasOwn(METHODS, mode)) throw new TypeError('mode must be add, update or replace');
  if (typeof document !== 'string') throw new TypeError('A policy document must be a text.');
  const request: HttpRequest = {
    method: METHODS[mode],
    path: options.dryRun === true ? `${path}?dryRun=true` : path,
    headers: { 'content-type': 'application/x-yaml' },
    body: document,
    action: `loading policy into the branch "${branch}"`,
    idempotent: true,
    repeatOn: [409],
  };
  if (options.dryRun === true) return toDryRun(context, branch, request, await context.send(request, deadline));
  const sent = await sendChange(context, { request, unknown: UNKNOWN }, (change) => context.send(change, deadline));
  return toLoaded(context, branch, request, sent);
}

/** A server that knows no dry runs has loaded the document, and gives the version that it made. */
function toDryRun(
  context: ConjurContext,
  branch: string,
  request: HttpRequest,
  response: HttpResponse,
): PolicyLoadResult {
  if (response.status !== 200 && response.status !== 201) {
    const toError = () => toConjurError(context, request, response);
    throw toPolicyError(context, branch, request, { response, wasRepeated: false, toError });
  }
  const { version } = parseJsonObject(context, request, response);
  return {
    version: isVersion(version) ? version : undefined,
    createdRoles: new Map(),
    rolesMayBeMissing: false,
  };
}

function toLoaded(context: ConjurContext, branch: string, request: HttpRequest, sent: SentChange): PolicyLoadResult {
  const { response, wasRepeated } = sent;
  if (response.status !== 201) throw toPolicyError(context, branch, request, sent);
  const answer = conjurJsonOf(response);
  const roles = answer?.created_roles;
  if (!isVersion(answer?.version) || !isObject(roles)) throw unreadableChange(context, request, response);
  return { version: answer.version, createdRoles: toRoles(roles), rolesMayBeMissing: wasRepeated };
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function toRoles(roles: Readonly<Record<string, unknown>>): Map<string, Secret> {
  return new Map(
    Object.entries(roles).flatMap(([id, role]) =>
      isObject(role) && typeof role.api_key === 'string' && role.api_key !== '' ? [[id, Secret.of(role.api_key)]] : [],
    ),
  );
}

function toPolicyError(
  context: ConjurContext,
  branch: string,
  request: HttpRequest,
  { response, wasRepeated, toError }: SentChange,
): unknown {
  const { status } = response;
  if (isPage(response)) return toError();
  if (status < 300) return unreadableChange(context, request, response);
  if (status === 409 && wasRepeated) return heldByItself(request, toConjurError(context, request, response));
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
  return toError();
}

/** A load of which the answer was lost may go on at Conjur, and hold the lock for long. */
function heldByItself({ action }: HttpRequest, { retryAfterSeconds }: ConjurError): ConjurError {
  return new ConjurError(
    'policy_conflict',
    `Conjur's lock was held all the time while ${action}: by another policy load, or by this one, of which an answer was lost. ${UNKNOWN}`,
    { retryAfterSeconds },
  );
}

/** Conjur says where the document is wrong; a policy document holds names and no values, so its words may be passed on. */
function explain({ nameOf }: ConjurContext, response: HttpResponse): string {
  const message = conjurErrorOf(response)?.message;
  if (typeof message === 'string') return message.slice(0, 500);
  return `it gives no reason. Check names, annotations and the roles in ${nameOf('grantRead')} and ${nameOf('grantWrite')}.`;
}

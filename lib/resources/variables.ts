import { type ConjurContext, isAbsence, parseJson, parseJsonObject, toConjurError, unreadable } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import { encodeSegment, parseVariableName, toResourcePath } from '../names.ts';

/** A variable as Conjur lists it; its value is not part of it. */
export interface Variable {
  readonly name: string;
  /** The latest version; undefined where no value was ever written. */
  readonly version: number | undefined;
  /** Full id of the owner, such as `default:policy:apps`. */
  readonly owner: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** ISO 8601, as Conjur gives it. */
  readonly createdAt: string | undefined;
}

/** @throws ConjurError `upstream_error` where the answer has no id */
export function parseVariable(
  context: Pick<ConjurContext, 'nameOf'>,
  request: HttpRequest,
  resource: unknown,
): Variable {
  const { id, owner, secrets, annotations, created_at: createdAt } = (resource ?? {}) as Record<string, unknown>;
  const name = /^[^:]*:variable:(.+)/su.exec(String(id))?.[1];
  if (name === undefined) throw unreadable(context, request);
  return {
    name,
    version: latestVersion(secrets),
    owner: typeof owner === 'string' ? owner : '',
    annotations: toAnnotations(annotations),
    createdAt: typeof createdAt === 'string' ? createdAt : undefined,
  };
}

function latestVersion(secrets: unknown): number | undefined {
  if (!Array.isArray(secrets)) return undefined;
  let latest: number | undefined;
  // No spread: an answer may hold more of them than a call takes arguments.
  for (const entry of secrets as ({ version?: unknown } | null)[]) {
    const version = entry?.version;
    if (Number.isSafeInteger(version)) latest = Math.max(latest ?? 0, version as number);
  }
  return latest;
}

function toAnnotations(annotations: unknown): Record<string, string> {
  if (!Array.isArray(annotations)) return {};
  const entries = annotations.flatMap((entry: unknown) => {
    const { name, value } = (entry ?? {}) as Record<string, unknown>;
    return typeof name === 'string' && typeof value === 'string' ? [[name, value] as const] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * `GET /resources/{account}/variable/{id}`, at the leader: a follower may not have the last version yet. Undefined where it is not
 * there or may not be seen.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_show_resource.htm
 */
export async function showVariable(
  context: ConjurContext,
  name: string,
  deadline: Deadline,
): Promise<Variable | undefined> {
  const request: HttpRequest = {
    method: 'GET',
    path: toResourcePath(context.account, 'variable', parseVariableName(name)),
    action: `looking at the variable "${name}"`,
    idempotent: true,
  };
  const response = await context.send(request, deadline);
  if (isAbsence(response)) return undefined;
  if (response.status !== 200) throw toConjurError(context, request, response);
  return parseVariable(context, request, parseJsonObject(context, request, response));
}

/** Conjur returns at most this many at once. */
export const MAX_PAGE_SIZE = 1_000;
/** Variables per page where a caller does not say. */
export const DEFAULT_PAGE_SIZE = 100;

export interface ListVariablesOptions {
  /** Text that id or annotations hold, as Conjur's search takes it. */
  readonly search?: string | undefined;
  /** Variables per page: 1 to 1000, default 100. */
  readonly limit?: number | undefined;
  /** Variables to pass over. Default 0. */
  readonly offset?: number | undefined;
}

export interface VariablePage {
  readonly variables: readonly Variable[];
  /** Where the next page begins; undefined on the last one. */
  readonly nextOffset: number | undefined;
}

/**
 * The variables that this identity may see, without their values.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_list_resources.htm
 * @throws ConjurError `invalid_request` for a limit or offset out of its bounds
 */
export async function listVariables(
  context: ConjurContext,
  options: ListVariablesOptions,
  deadline: Deadline,
): Promise<VariablePage> {
  const limit = within('limit', options.limit ?? DEFAULT_PAGE_SIZE, 1, MAX_PAGE_SIZE);
  const offset = within('offset', options.offset ?? 0, 0, Number.MAX_SAFE_INTEGER);
  // One more than asked for tells whether there is a next page; a full page of a thousand has to be followed to know.
  const query = new URLSearchParams({ limit: String(Math.min(limit + 1, MAX_PAGE_SIZE)), offset: String(offset) });
  if (options.search !== undefined && options.search !== '') query.set('search', options.search);
  const request: HttpRequest = {
    method: 'GET',
    path: `/resources/${encodeSegment(context.account)}/variable?${query}`,
    action: 'listing variables',
    idempotent: true,
    target: 'read',
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toConjurError(context, request, response);
  const resources = parseJson(context, request, response);
  if (!Array.isArray(resources)) throw unreadable(context, request);
  const variables = resources.slice(0, limit).map((resource) => parseVariable(context, request, resource));
  const more = resources.length > limit || resources.length === MAX_PAGE_SIZE;
  return { variables, nextOffset: more ? offset + variables.length : undefined };
}

function within(option: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new ConjurError('invalid_request', `The ${option} of a list must be a whole number from ${min} to ${max}.`);
}

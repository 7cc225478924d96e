import type { Deadline } from '../deadline.ts';
import { ConjurError } from '../errors/conjur-error.ts';
import { encodeSegment } from '../names/to-variable-path.ts';
import type { ConjurRequest } from '../transport/conjur-request.ts';
import type { ConjurContext } from './conjur-context.ts';
import { parseJson, unreadable } from './parse-json.ts';
import { parseVariable, type Variable } from './parse-variable.ts';
import { toConjurError } from './to-conjur-error.ts';

/** Conjur returns at most this many at once. */
export const MAX_PAGE_SIZE = 1_000;

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
  const limit = within('limit', options.limit ?? 100, 1, MAX_PAGE_SIZE);
  const offset = within('offset', options.offset ?? 0, 0, Number.MAX_SAFE_INTEGER);
  // One more than asked for tells whether there is a next page; a full page of a thousand has to be followed to know.
  const query = new URLSearchParams({ limit: String(Math.min(limit + 1, MAX_PAGE_SIZE)), offset: String(offset) });
  if (options.search !== undefined && options.search !== '') query.set('search', options.search);
  const request: ConjurRequest = {
    method: 'GET',
    path: `/resources/${encodeSegment(context.account)}/variable?${query}`,
    doing: 'listing variables',
    repeatableBecause: 'a read changes nothing',
    target: 'read',
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toConjurError(request, response);
  const resources = parseJson(request, response);
  if (!Array.isArray(resources)) throw unreadable(request);
  const variables = resources.slice(0, limit).map((resource) => parseVariable(request, resource));
  const more = resources.length > limit || resources.length === MAX_PAGE_SIZE;
  return { variables, nextOffset: more ? offset + variables.length : undefined };
}

function within(option: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new ConjurError('invalid_request', `The ${option} of a list must be a whole number from ${min} to ${max}.`);
}

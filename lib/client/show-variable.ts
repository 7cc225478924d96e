import type { Deadline } from '../deadline.ts';
import { parseVariableName } from '../names/parse-variable-name.ts';
import { toResourcePath } from '../names/to-variable-path.ts';
import type { ConjurRequest } from '../transport/conjur-request.ts';
import type { ConjurContext } from './conjur-context.ts';
import { parseJsonObject } from './parse-json.ts';
import { parseVariable, type Variable } from './parse-variable.ts';
import { toConjurError } from './to-conjur-error.ts';

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
  const request: ConjurRequest = {
    method: 'GET',
    path: toResourcePath(context.account, 'variable', parseVariableName(name)),
    doing: `looking at the variable "${name}"`,
    repeatableBecause: 'a read changes nothing',
  };
  const response = await context.send(request, deadline);
  if (response.status === 404) return undefined;
  if (response.status !== 200) throw toConjurError(request, response);
  return parseVariable(request, parseJsonObject(request, response));
}

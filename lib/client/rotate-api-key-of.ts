import type { Deadline } from '../deadline.ts';
import { ConjurError } from '../errors/conjur-error.ts';
import { toApiKeyPath } from '../names/to-variable-path.ts';
import type { Secret } from '../secret.ts';
import type { ConjurRequest, ConjurResponse } from '../transport/conjur-request.ts';
import type { ConjurContext } from './conjur-context.ts';
import { parseApiKey, sendRotation } from './rotate-api-key.ts';
import { toConjurError } from './to-conjur-error.ts';

export interface RotateApiKeyOfOptions {
  /**
   * Send again where the answer was lost. Each repetition makes another key, and only the last is alive: right where nobody uses the
   * role at the moment, as with a pair of hosts of which the other one is in use. Default false.
   */
  readonly repeat?: boolean | undefined;
}

/**
 * `PUT /authn/{account}/api_key?role={role}` with a session token: gives another role a new api key; the old one is dead at once.
 * Needs `update` on that role.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_rotate_other_api_key.htm
 * @param role `host:path/name`, `user:name`, or with the account in front
 * @throws ConjurError `forbidden` where the role is not there, not seen or not to be updated; `authentication_failed` for one's own role
 */
export async function rotateApiKeyOf(
  context: ConjurContext,
  role: string,
  { repeat }: RotateApiKeyOfOptions,
  deadline: Deadline,
): Promise<Secret> {
  const request: ConjurRequest = {
    method: 'PUT',
    path: toApiKeyPath(context.account, role),
    doing: `rotating the api key of ${role}`,
    freshConnection: true,
    ...(repeat === true ? { repeatableBecause: 'the caller says that nobody uses this role now' } : {}),
  };
  const response = await sendRotation(role, () => context.send(request, deadline));
  if (response.status !== 200) throw toRotationError(role, request, response);
  return parseApiKey(request, response);
}

/** What a refusal means where a token asks for the api key of a role. */
export function toRotationError(role: string, request: ConjurRequest, response: ConjurResponse): ConjurError {
  if (response.status === 401) {
    return new ConjurError(
      'authentication_failed',
      `Conjur did not accept the session token (401) while ${request.doing}. With a token a role cannot rotate its own api key: use its api key for that, or another identity. Otherwise check that this identity has \`update\` on ${role}.`,
    );
  }
  if (response.status === 403 || response.status === 404) {
    return new ConjurError(
      'forbidden',
      `The role ${role} does not exist, has no api key, or may not be rotated by this identity. Check the role (host:path/name), and have \`read\` and \`update\` granted on it.`,
    );
  }
  return toConjurError(request, response);
}

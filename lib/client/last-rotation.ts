import type { Deadline } from '../deadline.ts';
import { toApiKeyPath } from '../names/to-variable-path.ts';
import type { ConjurRequest } from '../transport/conjur-request.ts';
import type { ConjurContext } from './conjur-context.ts';
import { parseJsonObject, unreadable } from './parse-json.ts';
import { toRotationError } from './rotate-api-key-of.ts';

export interface LastRotation {
  /** Full id: `default:host:path/name`. */
  readonly role: string;
  /** ISO 8601 in UTC; undefined where Conjur knows of none. */
  readonly rotatedAt: string | undefined;
}

/**
 * `GET /authn/{account}/api_key?role={role}`, of Conjur 1.24 and later, at the leader. Needs `update` on the role.
 * @param role `host:path/name`, `user:name`, or with the account in front
 * @throws ConjurError `forbidden` where the role is not there or not to be seen, and from a Conjur before 1.24
 */
export async function lastRotation(context: ConjurContext, role: string, deadline: Deadline): Promise<LastRotation> {
  const request: ConjurRequest = {
    method: 'GET',
    path: toApiKeyPath(context.account, role),
    doing: `asking when the api key of ${role} was rotated`,
    repeatableBecause: 'a read changes nothing',
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toRotationError(role, request, response);
  const { role: fullRole, timestamp } = parseJsonObject(request, response);
  if (typeof fullRole !== 'string') throw unreadable(request);
  return { role: fullRole, rotatedAt: typeof timestamp === 'string' && timestamp !== '' ? timestamp : undefined };
}

import { isPage, unreadable } from '../../lib/answers.ts';
import type { HttpRequest } from '../../lib/http/request.ts';
import { createNameOf } from '../../lib/settings.ts';
import type { DoctorContext } from './doctor-context.ts';

/** The request that asks whether a privilege on a resource is held. @param resource its path */
export function toPrivilegeRequest(resource: string, privilege: string) {
  return {
    method: 'GET',
    path: `${resource}?check=true&privilege=${privilege}`,
    action: 'asking for the privilege',
  } as const satisfies HttpRequest;
}

/**
 * Conjur's yes is 204 and nothing else.
 * @returns true, or the status of another answer
 * @throws ConjurError for an answer that Conjur does not give: something in front of it says yes, or no, in its place
 */
export async function askPrivilege(context: DoctorContext, request: HttpRequest): Promise<true | number> {
  const response = await context.sendAuthorized(request);
  if (response.status === 204) return true;
  if (response.status < 300 || isPage(response))
    throw unreadable({ nameOf: createNameOf(context.settings) }, request, response);
  return response.status;
}

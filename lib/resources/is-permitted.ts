import type { ConjurContext } from '../answers.ts';
import { isAbsence, toConjurError } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import type { HttpRequest } from '../http/request.ts';
import { parseVariableName, toResourcePath } from '../names.ts';

export interface IsPermittedOptions {
  /** Kind of the resource. Default `variable`. */
  readonly kind?: 'variable' | 'policy' | 'webservice' | 'host' | 'user' | 'group' | 'layer' | undefined;
  /** Whose privilege: `host:path/name`, or with the account in front. Default: this identity's own. */
  readonly role?: string | undefined;
}

/**
 * `GET /resources/{account}/{kind}/{id}?check=true&privilege={privilege}`: whether a privilege (`read`, `execute`, `update`, `create`)
 * is held. False also where the resource is not there or may not be seen: Conjur makes no difference. Asked at the leader.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_check_permission.htm
 */
export async function isPermitted(
  context: ConjurContext,
  id: string,
  privilege: string,
  { kind = 'variable', role }: IsPermittedOptions,
  deadline: Deadline,
): Promise<boolean> {
  const query = new URLSearchParams({ check: 'true', privilege });
  if (role !== undefined) query.set('role', toFullRole(context.account, role));
  const request: HttpRequest = {
    method: 'GET',
    path: `${toResourcePath(context.account, kind, parseVariableName(id))}?${query}`,
    action: `asking whether ${privilege} on the ${kind} "${id}" is permitted`,
    idempotent: true,
  };
  const response = await context.send(request, deadline);
  if (response.status === 204) return true;
  // Conjur says no to a privilege without a word, and to what is not there with its own.
  if (response.status === 404 && (response.body.byteLength === 0 || isAbsence(response))) return false;
  throw toConjurError(context, request, response);
}

function toFullRole(account: string, role: string): string {
  return role.split(':').length >= 3 ? role : `${account}:${role}`;
}

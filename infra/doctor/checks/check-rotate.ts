import { toResourcePath } from '../../../lib/names.ts';
import { adviseGrant, toReference } from '../advise-grant.ts';
import { askPrivilege, toPrivilegeRequest } from '../ask-privilege.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';

/**
 * Whether the api key of another role may be rotated: `update` on it. Nothing is rotated.
 * @param role `host:path/name`, `host/path/name`, or `user:name`
 */
export async function checkRotate(context: DoctorContext, role: string): Promise<CheckOutcome> {
  const { account } = context.settings;
  const { login } = context;
  const [, kind = 'host', id = role] = /^(host|user)[:/](.+)$/.exec(role) ?? [];
  if (login === (kind === 'host' ? `host/${id}` : id))
    return passed(
      `${role} is this identity itself, which may always rotate its own key (with the key, not with a token).`,
    );
  const request = toPrivilegeRequest(toResourcePath(account, kind, id), 'update');
  const curl = context.toCurl({ ...request, headers: { authorization: '' } });
  const status = await askPrivilege(context, request);
  if (status === true) return passed(`${login} may rotate the key of ${role}.`, curl);
  if (status === 403 || status === 404)
    return failed(
      'no_privilege',
      `${login} may not rotate the key of ${role}, or there is no such role: Conjur answers both alike.`,
      adviseGrant(login, 'read, update', toReference(kind, id)),
      { curl },
    );
  return failed('unexpected_answer', `Conjur answered ${status}.`, "Look into Conjur's log.", { curl });
}

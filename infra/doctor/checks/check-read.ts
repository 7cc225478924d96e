import { toResourcePath, toSecretPath } from '../../../lib/names.ts';
import { adviseGrant, toReference } from '../advise-grant.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';

/** Whether the value of a variable can be read. It is not shown. */
export async function checkRead(context: DoctorContext, name: string): Promise<CheckOutcome> {
  const { account } = context.settings;
  const { login } = context;
  const request = { method: 'GET', path: toSecretPath(account, name), action: `reading "${name}"` } as const;
  const curl = context.toCurl({ ...request, headers: { authorization: '' } });
  const { status, body } = await context.sendAuthorized(request);
  if (status === 200) return passed(`"${name}" has a value of ${body.byteLength} bytes, which may be read.`, curl);
  if (status === 403)
    return failed(
      'no_privilege',
      `"${name}" is there, but ${login} may not read its value.`,
      adviseGrant(login, 'read, execute', toReference('variable', name)),
      { curl },
    );
  if (status === 404) return { ...(await explainMissing(context, name)), curl };
  return failed('unexpected_answer', `Conjur answered ${status}.`, "Look into Conjur's log.", { curl });
}

/** Conjur answers 404 for what is not there, what has no value, and what may not be seen. The first two can be told apart. */
async function explainMissing(context: DoctorContext, name: string): Promise<CheckOutcome> {
  const { account } = context.settings;
  const { login } = context;
  const path = toResourcePath(account, 'variable', name);
  const { status } = await context.sendAuthorized({ method: 'GET', path, action: `looking for "${name}"` });
  if (status === 200) return failed('missing_variable', `"${name}" is defined, but has no value yet.`, 'Write one.');
  return failed(
    'missing_variable',
    `"${name}" does not exist, or ${login} may not even see it: Conjur answers both alike.`,
    `Check the spelling and the policy branch. Where it exists: ${adviseGrant(login, 'read, execute', toReference('variable', name))}`,
  );
}

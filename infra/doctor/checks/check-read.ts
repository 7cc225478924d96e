import type { ConjurContext } from '../../../lib/answers.ts';
import { DEFAULT_DEADLINE_MS, Deadline, systemClock } from '../../../lib/clock.ts';
import { isConjurError } from '../../../lib/errors.ts';
import type { HttpRequest, HttpResponse } from '../../../lib/http/request.ts';
import { silentLogger } from '../../../lib/logger.ts';
import { toResourcePath, toSecretPath } from '../../../lib/names.ts';
import { assertValue } from '../../../lib/secrets/read-secret.ts';
import { createNameOf } from '../../../lib/settings.ts';
import { adviseGrant, toReference } from '../advise-grant.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';

/** Whether the value of a variable can be read. It is not shown. */
export async function checkRead(context: DoctorContext, name: string): Promise<CheckOutcome> {
  const { account } = context.settings;
  const { login } = context;
  const request = { method: 'GET', path: toSecretPath(account, name), action: `reading "${name}"` } as const;
  const curl = context.toCurl({ ...request, headers: { authorization: '' } });
  const response = await context.sendAuthorized(request);
  const { status } = response;
  if (status === 200) return { ...(await judgeValue(context, name, request, response)), curl };
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

/** As the functions judge it: neither nothing nor a page that answers in Conjur's place is a value. */
async function judgeValue(
  context: DoctorContext,
  name: string,
  request: HttpRequest,
  response: HttpResponse,
): Promise<CheckOutcome> {
  const { settings } = context;
  const asked: ConjurContext = {
    ...settings,
    nameOf: createNameOf(settings),
    clock: systemClock,
    logger: silentLogger,
    send: (more) => context.sendAuthorized(more),
    sendPlain: (more) => context.send(more),
  };
  try {
    await assertValue(asked, name, request, response, new Deadline(systemClock, DEFAULT_DEADLINE_MS));
    return passed(`"${name}" has a value of ${response.body.byteLength} bytes, which may be read.`);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    const advice = 'Something in front of Conjur (a login, a load balancer, a firewall) answers for it there.';
    return failed('unexpected_answer', error.message, advice);
  }
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

import { conjurJsonOf } from '../../../lib/answers.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { judgeClock } from './check-clock.ts';

export const WHOAMI_REQUEST = { method: 'GET', path: '/whoami', action: 'asking who this is' } as const;

/** Whether Conjur takes its own token, and whom for. The token's age tells of a server whose clock runs apart from its front's. */
export async function checkWhoami(context: DoctorContext): Promise<CheckOutcome> {
  const curl = context.toCurl({ ...WHOAMI_REQUEST, headers: { authorization: '' } });
  const response = await context.sendAuthorized(WHOAMI_REQUEST);
  if (response.status !== 200)
    return failed(
      response.status === 401 ? 'clock_off' : 'unexpected_answer',
      `Conjur answered ${response.status} to the token that it has just given.`,
      'Its servers may disagree about the time, or be of different Conjurs: check what stands behind CYBERARK_API_BASE.',
      { curl, fatal: true },
    );
  const identity = conjurJsonOf(response);
  if (identity === undefined)
    return failed(
      'unexpected_answer',
      'What answers at /whoami is not Conjur: it gave 200 and no JSON.',
      'A page in front of Conjur (a login, a load balancer, a web server) answers for it there. Check the path of CYBERARK_API_BASE, and what stands in between.',
      { curl, fatal: true },
    );
  const { account, username, token_issued_at: issuedAt, client_ip: clientIp } = identity;
  const issuedMs = Date.parse(String(issuedAt));
  const clock = Number.isNaN(issuedMs)
    ? undefined
    : judgeClock(context.now() - issuedMs, 'the time in its token', curl);
  if (clock?.status === 'failed') return clock;
  return passed(`Conjur knows this as ${username} of the account ${account}, from ${clientIp}.`, curl);
}

import { isConjurError } from '../../../lib/errors.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { toFault } from '../to-fault.ts';
import { STATUS_REQUEST } from './check-connection.ts';

/** A header of whole seconds, and the way of an answer, blur the comparison by less than this. */
const TOLERANCE_MS = 30_000;

/** Whether this clock and Conjur's agree, by the `Date` of an answer (RFC 9110, section 6.6.1). */
export async function checkClock(context: DoctorContext): Promise<CheckOutcome> {
  const curl = `${context.toCurl(STATUS_REQUEST)} -o /dev/null -D - | grep -i '^date:'; date -u`;
  try {
    const { headers } = await context.send(STATUS_REQUEST);
    const theirsMs = Date.parse(headers.date ?? '');
    if (Number.isNaN(theirsMs)) return { status: 'skipped', message: "Conjur's answers carry no date." };
    return judgeClock(context.now() - theirsMs, 'the date of its answer', curl);
  } catch (error) {
    if (!isConjurError(error)) throw error;
    const advice = 'The connection itself stands, by the checks above: what fails is the first request over it.';
    return failed(toFault(error), error.message, advice, { curl, fatal: true });
  }
}

/** @param aheadMs how far this clock is ahead of Conjur's */
export function judgeClock(aheadMs: number, by: string, curl: string): CheckOutcome {
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= TOLERANCE_MS) return passed(`This clock and Conjur's agree, by ${by}.`, curl);
  return failed(
    'clock_off',
    `This clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} Conjur's, by ${by}.`,
    "Set both by NTP. Signatures of authn-iam are good for 5 minutes, tokens of authn-jwt for as long as their issuer says, and a follower with another clock refuses tokens. On AWS Lambda the clock is right: look at Conjur's.",
    { curl },
  );
}

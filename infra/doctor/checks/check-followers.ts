import { conjurJsonOf } from '../../../lib/answers.ts';
import { isConjurError } from '../../../lib/errors.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { toFault } from '../to-fault.ts';
import { WHOAMI_REQUEST } from './check-whoami.ts';

/** Whether each server of `CYBERARK_READ_API_BASE` answers, and takes the token that the leader gave. The first that does not is told. */
export async function checkFollowers(context: DoctorContext): Promise<CheckOutcome> {
  const { readBaseUrls } = context.settings;
  for (const baseUrl of readBaseUrls) {
    const outcome = await checkFollower(context, baseUrl);
    if (outcome !== undefined) return outcome;
  }
  return passed(`${readBaseUrls.map(({ host }) => host).join(' and ')} answer and take the leader's token.`);
}

async function checkFollower(context: DoctorContext, baseUrl: URL): Promise<CheckOutcome | undefined> {
  const curl = context.toCurl({ ...WHOAMI_REQUEST, headers: { authorization: '' } }, { baseUrl });
  try {
    const response = await context.sendAuthorized(WHOAMI_REQUEST, baseUrl);
    const { status } = response;
    if (status === 200 && conjurJsonOf(response) !== undefined) return undefined;
    if (status === 200)
      return failed(
        'unexpected_answer',
        `What answers at ${baseUrl.host} is no follower: it gave 200 and no JSON at /whoami.`,
        'A page in front of it answers. Check the address in CYBERARK_READ_API_BASE, and what stands in between.',
        { curl },
      );
    return failed(
      'unexpected_answer',
      `The follower ${baseUrl.host} answered ${status} to the token that the leader has just given.`,
      status === 401
        ? 'It follows another leader, lacks its token key, or has a clock that is off. Reads fall back to the leader meanwhile.'
        : 'Check the address in CYBERARK_READ_API_BASE: does it need a path (https://host/api)?',
      { curl },
    );
  } catch (error) {
    if (!isConjurError(error)) throw error;
    return failed(
      toFault(error),
      `The follower ${baseUrl.host} is of no use: ${error.message}`,
      'Correct CYBERARK_READ_API_BASE, or the way to that server. Reads fall back to the leader, after each has waited for the follower.',
      { curl },
    );
  }
}

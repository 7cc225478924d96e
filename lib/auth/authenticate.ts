import type { Deadline } from '../deadline.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import { HttpFault } from '../http/fault.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Transport } from '../http/transport.ts';
import type { NameOf } from '../settings.ts';
import { type AccessToken, parseAccessToken } from './access-token.ts';
import type { Authenticator } from './authenticator.ts';

/**
 * Gets a session token: prepares, sends, and after a 401 asks the authenticator for another credential until it has none.
 * @throws ConjurError `authentication_failed`, `upstream_unavailable`, `upstream_error`, `deadline_exceeded`
 */
export function createAuthenticate(
  authenticator: Authenticator,
  send: Transport,
  nameOf: NameOf,
): (deadline: Deadline) => Promise<AccessToken> {
  return async (deadline) => {
    let refusal: HttpResponse | undefined;
    for (let refusals = 0; ; refusals += 1) {
      const request = await authenticator.prepare(refusals, deadline);
      if (request === undefined) throw refused(authenticator, refusals, refusal);
      const response = await sendFor(authenticator, () => send(request, deadline));
      if (response.status === 200) return parseAccessToken(response.body, nameOf);
      if (response.status !== 401) throw unexpected(authenticator, request, response, nameOf);
      refusal = response;
    }
  };
}

/** A server that does not like a client certificate often just ends the connection, before and without any answer. */
async function sendFor({ kind, advice }: Authenticator, send: () => Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await send();
  } catch (error) {
    const fault = isConjurError(error, 'upstream_unavailable') ? error.cause : undefined;
    if (kind !== 'cert' || !(fault instanceof HttpFault) || fault.kind !== 'broken') throw error;
    throw new ConjurError(
      'authentication_failed',
      `The connection to Conjur was ended each time before an answer (${fault.reason}), as servers do that refuse a client certificate. ${advice}`,
      { cause: error },
    );
  }
}

function refused({ kind, advice }: Authenticator, refusals: number, refusal?: HttpResponse): ConjurError {
  const times = refusals > 1 ? ', with the credential fetched anew too' : '';
  return new ConjurError(
    'authentication_failed',
    `Conjur refused the ${kind} credential (401${times}).${reasonOf(refusal)} ${advice}`,
  );
}

function unexpected(
  { advice }: Authenticator,
  { action }: HttpRequest,
  response: Pick<HttpResponse, 'status' | 'body'>,
  nameOf: NameOf,
): ConjurError {
  const { status } = response;
  if ([429, 502, 503, 504].includes(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `Conjur answered ${status} while ${action}, again and again. Check Conjur's health.`,
    );
  }
  if (status >= 500) {
    return new ConjurError('upstream_error', `Conjur answered ${status} while ${action}. Look into Conjur's own log.`);
  }
  return new ConjurError(
    'authentication_failed',
    `Conjur answered ${status} while ${action}.${reasonOf(response)} ${advice} A 404 also means that ${nameOf('baseUrl')} lacks the path that an appliance puts in front (https://host/api).`,
  );
}

/** Only the number of Conjur's message, which its documentation explains: the text may quote what was sent. */
function reasonOf(response: Pick<HttpResponse, 'body'> | undefined): string {
  const code = response && /\bCONJ\d{5}[A-Z]\b/.exec(response.body.toString('latin1'))?.[0];
  if (code === undefined) return '';
  return code === 'CONJ00016E' ? ' It says that the token has expired (CONJ00016E).' : ` It says ${code}.`;
}

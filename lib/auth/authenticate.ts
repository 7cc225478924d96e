import { isPage, markFailedLogin, toConjurError } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import { HttpFault } from '../http/fault.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import type { Transport } from '../http/transport.ts';
import type { NameOf } from '../settings.ts';
import { type AccessToken, parseAccessToken } from './access-token.ts';
import type { Authenticator } from './authenticator.ts';

export interface AuthenticateOptions {
  /** One attempt, where nobody depends on the outcome yet. Default false. */
  readonly once?: boolean;
}

/** Gets session tokens. */
export interface Authentication {
  /**
   * Prepares, sends, and after a 401 asks the authenticator for another credential until it has none.
   * @throws ConjurError `authentication_failed`, `upstream_unavailable`, `upstream_error`, `deadline_exceeded`
   */
  authenticate(deadline: Deadline, options?: AuthenticateOptions): Promise<AccessToken>;
  /** From now on the leader is asked first: it has refused a token that a follower issued. */
  preferLeader(): void;
}

export function createAuthentication(authenticator: Authenticator, send: Transport, nameOf: NameOf): Authentication {
  let leaderFirst = false;

  async function sendTo(request: HttpRequest, deadline: Deadline): Promise<HttpResponse> {
    if (!leaderFirst) return send(request, deadline);
    try {
      return await send({ ...request, target: 'leader' }, deadline);
    } catch (error) {
      // A follower's token is still good for reads while the leader is away.
      if (!isConjurError(error, 'upstream_unavailable')) throw error;
      return send(request, deadline);
    }
  }

  return {
    authenticate: (deadline, options = {}) =>
      logIn(deadline, options).catch((error: unknown) => {
        if (error instanceof Error) markFailedLogin(error);
        throw error;
      }),
    preferLeader() {
      leaderFirst = true;
    },
  };

  async function logIn(deadline: Deadline, { once = false }: AuthenticateOptions): Promise<AccessToken> {
    if (authenticator.readToken !== undefined)
      return deadline.race(authenticator.readToken(), 'reading the access token');
    let refusal: HttpResponse | undefined;
    for (let refusals = 0; ; refusals += 1) {
      // A file or a service that the credential comes from may hang.
      const prepared = await deadline.race(authenticator.prepare(refusals, deadline), 'preparing to authenticate');
      if (prepared === undefined) throw refused(authenticator, refusals, refusal);
      const request = once ? { ...prepared, idempotent: false } : prepared;
      const response = await sendFor(authenticator, () => sendTo(request, deadline));
      if (response.status === 200) return parseAccessToken(response, nameOf);
      if (response.status !== 401 || isPage(response)) throw unexpected({ nameOf }, authenticator, request, response);
      refusal = response;
    }
  }
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
  const message = `Conjur refused the ${kind} credential (401${times}).${reasonOf(refusal)} ${advice}`;
  return refusal === undefined ? new ConjurError('authentication_failed', message) : credentialRefused(message);
}

const REFUSED = new WeakSet<Error>();

/** An error of which {@link isCredentialRefused} is true. */
export function credentialRefused(message: string): ConjurError {
  const error = new ConjurError('authentication_failed', message);
  REFUSED.add(error);
  return error;
}

/**
 * Whether an authentication failed since Conjur answered 401 to the credential. `authentication_failed` says less: also a 403, which may be a
 * firewall's, and a client certificate that was not liked, and neither tells that a key is dead.
 */
export function isCredentialRefused(error: unknown): boolean {
  return error instanceof Error && REFUSED.has(error);
}

/** By its meaning: only what is about the credential sends its reader to the credential. */
function unexpected(
  context: { readonly nameOf: NameOf },
  { advice }: Authenticator,
  request: HttpRequest,
  response: HttpResponse,
): ConjurError {
  const { action } = request;
  const { status } = response;
  if (status === 403 && !isPage(response)) {
    return new ConjurError(
      'authentication_failed',
      `Conjur knows this identity and does not let it in (403) while ${action}.${reasonOf(response)} Have \`authenticate\` granted on the authenticator's webservice. ${advice}`,
    );
  }
  if (status === 400 || status === 422) {
    return new ConjurError(
      'upstream_error',
      `Conjur could not read the request (${status}) while ${action}.${reasonOf(response)} Check that the authenticator and its service id are those of this Conjur.`,
    );
  }
  return toConjurError(context, request, response);
}

/** Only the number of Conjur's message, which its documentation explains: the text may quote what was sent. */
function reasonOf(response: Pick<HttpResponse, 'body'> | undefined): string {
  const code = response && /\bCONJ\d{5}[A-Z]\b/.exec(response.body.toString('latin1'))?.[0];
  if (code === undefined) return '';
  return code === 'CONJ00016E' ? ' It says that the token has expired (CONJ00016E).' : ` It says ${code}.`;
}

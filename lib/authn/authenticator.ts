import type { Deadline } from '../deadline.ts';
import type { ConjurRequest } from '../transport/conjur-request.ts';

/** The ways to prove an identity to Conjur that this library knows. */
export type AuthenticatorKind = 'api-key' | 'cert' | 'iam' | 'jwt';

/**
 * Builds authentication requests. An authenticator holds the credential, the session cache sends: so that deadline, retries and the
 * reading of the token are the same for all of them.
 */
export interface Authenticator {
  readonly kind: AuthenticatorKind;
  /**
   * The request to send now. Called anew for every authentication, just before it is sent, so that a file is read afresh. What must be
   * fresh for each attempt, a signature, goes into the request's `complete`.
   * @param refusals how many of this authentication's requests were answered 401 so far. An authenticator that can fetch its
   * credential anew does so when asked again; undefined means that there is nothing else to try.
   */
  prepare(refusals: number, deadline: Deadline): Promise<ConjurRequest | undefined>;
  /** What to do about a refusal, as one or two sentences. Never holds a credential. */
  readonly advice: string;
}

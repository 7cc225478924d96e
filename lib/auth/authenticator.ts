import type { Deadline } from '../clock.ts';
import type { HttpRequest } from '../http/request.ts';
import { encodeSegment } from '../names.ts';
import type { AccessToken } from './access-token.ts';
import type { AuthenticatorType } from './auth-options.ts';

/**
 * Builds authentication requests. An authenticator holds the credential, the session cache sends: so that deadline, retries and the
 * reading of the token are the same for all of them.
 */
export interface Authenticator {
  readonly kind: AuthenticatorType;
  /**
   * The request to send now. Called anew for every authentication, just before it is sent, so that a file is read afresh. What must be
   * fresh for each attempt, a signature, goes into the request's `freshParts`.
   * @param refusals how many of this authentication's requests were answered 401 so far. An authenticator that can fetch its
   * credential anew does so when asked again; undefined means that there is nothing else to try.
   */
  prepare(refusals: number, deadline: Deadline): Promise<HttpRequest | undefined>;
  /** In the place of `prepare`, where nothing has to be sent: the access token itself. @throws ConjurError where there is none */
  readToken?(): Promise<AccessToken>;
  /** What to do about a refusal, as one or two sentences. Never holds a credential. */
  readonly advice: string;
}

/** One whose kind is known before its code is loaded. */
export type RareAuthenticator = Omit<Authenticator, 'kind'>;

export interface AuthenticationTarget {
  /** `authn`, or `authn-iam/prod`: type and service id. */
  readonly service: readonly string[];
  readonly account: string;
  /** Undefined where the credential itself says who it is. */
  readonly login: string | undefined;
}

/**
 * `POST /{authn}[/{service id}]/{account}[/{login}]/authenticate`. It goes to a follower first, and so works while the leader is
 * away; a follower's refusal is confirmed by the leader, because the credential may be newer than the follower's copy.
 */
export function toAuthenticationRequest(
  { service, account, login }: AuthenticationTarget,
  content: Pick<HttpRequest, 'headers' | 'body' | 'freshParts'>,
): HttpRequest {
  const segments = [...service, account, ...(login === undefined ? [] : [login])].map(encodeSegment);
  return {
    method: 'POST',
    path: `/${segments.join('/')}/authenticate`,
    ...content,
    action: login === undefined ? `authenticating by ${service.join('/')}` : `authenticating as ${login}`,
    idempotent: true,
    target: 'read',
    confirmAtLeader: [401, 403, 404],
  };
}

/** Headers and body of a form. */
export function toForm(fields: Readonly<Record<string, string>>): Pick<HttpRequest, 'headers' | 'body'> {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields).toString(),
  };
}

import { encodeSegment } from '../names/to-variable-path.ts';
import type { ConjurRequest } from '../transport/conjur-request.ts';

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
  content: Pick<ConjurRequest, 'headers' | 'body' | 'complete'>,
): ConjurRequest {
  const segments = [...service, account, ...(login === undefined ? [] : [login])].map(encodeSegment);
  return {
    method: 'POST',
    path: `/${segments.join('/')}/authenticate`,
    ...content,
    doing: login === undefined ? `authenticating by ${service.join('/')}` : `authenticating as ${login}`,
    repeatableBecause: 'a token more does no harm',
    target: 'read',
    confirmAtLeader: [401, 403, 404],
  };
}

import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { FreshParts, HttpRequest, HttpResponse } from '../http/request.ts';
import type { Transport } from '../http/transport.ts';
import type { Logger } from '../logger.ts';
import type { NameOf } from '../settings.ts';
import type { AccessToken } from './access-token.ts';
import { createAuthentication } from './authenticate.ts';
import type { Authenticator } from './authenticator.ts';
import { TokenCache } from './token-cache.ts';

export interface SessionOptions {
  readonly authenticator: Authenticator;
  readonly transport: Transport;
  readonly nameOf: NameOf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds after which a token is refreshed, however long it lives. */
  readonly refreshIntervalMs: number;
  readonly onRefreshFailed?: ((error: unknown) => void) | undefined;
}

/** Requests with a session token. */
export interface Session {
  readonly tokens: TokenCache;
  /** Sends with a session token that is good at the moment of each attempt. A 401 costs one new authentication and one repetition. */
  readonly send: (request: HttpRequest, deadline: Deadline) => Promise<HttpResponse>;
}

export function createSession({ authenticator, transport, nameOf, ...options }: SessionOptions): Session {
  const authentication = createAuthentication(authenticator, transport, nameOf);
  const tokens = new TokenCache({ authenticate: authentication.authenticate, ...options });

  return {
    tokens,
    async send(request, deadline) {
      let used: AccessToken | undefined;
      const toParts = (token: AccessToken): FreshParts => {
        used = token;
        return { headers: { authorization: token.authorization.expose() } };
      };
      const authorized: HttpRequest = {
        ...request,
        // A follower that lags behind refuses a token that the leader takes.
        confirmAtLeader: [...(request.confirmAtLeader ?? []), 401],
        freshParts() {
          const held = tokens.getHeld();
          return held === undefined ? tokens.get(deadline).then(toParts) : toParts(held);
        },
      };
      const response = await transport(authorized, deadline);
      if (response.status !== 401) return response;
      if (used !== undefined) {
        tokens.invalidate(used);
        if (!used.fromLeader) authentication.preferLeader();
      }
      // Repeating is safe whatever the request: a 401 is given before anything is done.
      return transport(authorized, deadline);
    },
  };
}

import type { TokenClaims } from '../authn/tokens.ts';
import type { ServerContext } from '../server-context.ts';
import type { ConjurRequest } from './conjur-request.ts';
import type { Reply } from './reply.ts';

/** What a route gets: the request, its decoded path parameters and, behind the token check, who asks. */
export interface RouteInput {
  readonly context: ServerContext;
  readonly request: ConjurRequest;
  readonly params: Readonly<Record<string, string>>;
  /** Absent on routes that need no token, when none is given. */
  readonly claims: TokenClaims | undefined;
}

/** One route: a method, a path pattern in Hono's notation and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  handle(input: RouteInput): Reply | Promise<Reply>;
}

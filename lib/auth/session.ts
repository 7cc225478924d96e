import { type Clock, Deadline, deadlineExceeded } from '../clock.ts';
import { isConjurError } from '../errors.ts';
import type { FreshParts, HttpRequest, HttpResponse } from '../http/request.ts';
import type { Transport } from '../http/transport.ts';
import type { Logger } from '../logger.ts';
import type { NameOf } from '../settings.ts';
import type { AccessToken } from './access-token.ts';
import { createAuthentication } from './authenticate.ts';
import type { Authenticator } from './authenticator.ts';

export interface TokenCacheOptions {
  /** Gets a new token by a deadline. `once`: one attempt, because nobody depends on it yet. */
  readonly authenticate: (deadline: Deadline, options: { readonly once: boolean }) => Promise<AccessToken>;
  readonly clock: Clock;
  /** Milliseconds after which a token is refreshed at the latest, however long it lives. */
  readonly refreshIntervalMs: number;
  /** Uniform in [0, 1): spreads the refreshes of processes that were started together. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Told of a refresh that failed while the old token lives. */
  readonly onRefreshFailed?: ((error: unknown) => void) | undefined;
}

interface Held {
  readonly token: AccessToken;
  /** When the request for it was sent: its life began no earlier. */
  readonly gotAtMs: number;
  /** The age at which it is due for a refresh, in milliseconds. */
  readonly dueAgeMs: number;
}

/** An authentication under way, which all callers share. */
interface InFlight {
  readonly promise: Promise<AccessToken>;
  /** True for a refresh, which gives up sooner than a caller who has no token would. */
  readonly once: boolean;
}

/** Part of its life after which a token is refreshed. */
const DUE_FRACTION = 0.85;
/** Each token draws its own interval from this part of the given one up to the whole of it. */
const SHORTEST_INTERVAL_FRACTION = 0.85;
/** A token is not sent in its last moments, in which it would expire on its way: this part of its life, and at most a second. */
const EXPIRY_FRACTION = 0.05;
const EXPIRY_MARGIN_MS = 1_000;
/** An authentication that callers wait for goes on for at least this long: they wait for it, and do not own it. Milliseconds. */
const LOGIN_LIMIT_MS = 10_000;
/** A refresh beside a request is given up after this long: the old token still lives, and whoever waits for the end waits no longer. */
const REFRESH_LIMIT_MS = 1_000;
/** After a failed refresh the old token is used without another try for this long. */
const REFRESH_PAUSE_MS = 5_000;

/**
 * The session token of one identity at one Conjur (a cache belongs to exactly one base URL, account, authenticator and login).
 *
 * Life is counted from the moment of the request by the local wall clock, and only the difference `exp - iat` is taken from the token:
 * a local clock that is off does not matter. A clock that went backwards makes the token too old.
 */
export class TokenCache {
  readonly #options: TokenCacheOptions;
  #held: Held | undefined;
  #login: string | undefined;
  #inFlight: InFlight | undefined;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: TokenCacheOptions) {
    this.#options = options;
  }

  /**
   * A token that may be sent now. Fresh: at once. Due: at once, while a refresh runs beside it. Expired or missing: after the one
   * authentication that all callers share.
   * @throws ConjurError as the authentication does, or `deadline_exceeded`
   */
  async get(deadline: Deadline): Promise<AccessToken> {
    return this.getHeld() ?? this.#authenticate(deadline);
  }

  /** {@link get} where nobody has to wait: undefined where an authentication must come first. */
  getHeld(): AccessToken | undefined {
    const held = this.#held;
    const nowMs = this.#options.clock.now();
    if (held === undefined || this.#isExpired(held, nowMs)) return undefined;
    if (this.#isDue(held, nowMs)) this.#refreshBeside(nowMs);
    return held.token;
  }

  /** Drops a token that the server refused, unless a newer one has taken its place. */
  invalidate(token: AccessToken): void {
    if (this.#held?.token === token) this.#held = undefined;
  }

  /** Milliseconds since the held token was got; undefined without one. */
  ageMs(): number | undefined {
    return this.#held && this.#options.clock.now() - this.#held.gotAtMs;
  }

  /** Whom the last token spoke for, also after it was refused; undefined before the first. */
  login(): string | undefined {
    return this.#login;
  }

  /** Resolves when no authentication is in flight: a promise left behind would be frozen with the container. Undefined where none is. */
  idle(): Promise<void> | undefined {
    return this.#inFlight?.promise.then(ignore, ignore);
  }

  #isExpired({ token, gotAtMs }: Held, nowMs: number): boolean {
    const ageMs = nowMs - gotAtMs;
    const marginMs = Math.min(EXPIRY_MARGIN_MS, token.lifeMs * EXPIRY_FRACTION);
    return ageMs < 0 || ageMs >= token.lifeMs - marginMs;
  }

  #isDue({ gotAtMs, dueAgeMs }: Held, nowMs: number): boolean {
    return nowMs - gotAtMs >= dueAgeMs;
  }

  /** One attempt with a short limit of its own. A failure is logged and not returned: the old token still lives. */
  #refreshBeside(nowMs: number): void {
    if (
      this.#inFlight !== undefined ||
      (nowMs < this.#pausedUntilMs && nowMs >= this.#pausedUntilMs - REFRESH_PAUSE_MS)
    )
      return;
    const { promise } = this.#start(new Deadline(this.#options.clock, REFRESH_LIMIT_MS), true);
    promise.catch((error: unknown) => {
      this.#pausedUntilMs = this.#options.clock.now() + REFRESH_PAUSE_MS;
      this.#options.logger.warn('Token refresh failed; using the current token until it expires.', {
        code: isConjurError(error) ? error.code : 'internal',
        reason: error instanceof Error ? error.message : 'unknown',
      });
      this.#options.onRefreshFailed?.(error);
    });
  }

  async #authenticate(deadline: Deadline): Promise<AccessToken> {
    for (;;) {
      const token = await this.#join(deadline);
      const held = this.#held;
      if (held === undefined || held.token !== token || !this.#isExpired(held, this.#options.clock.now())) return token;
      // The container was frozen between the request and its answer, for longer than the token lives.
      if (deadline.remainingMs() <= 0) throw deadlineExceeded('authenticating at Conjur');
    }
  }

  /** The outcome of the authentication under way, or of a new one. */
  async #join(deadline: Deadline): Promise<AccessToken> {
    const joined = this.#inFlight ?? this.#start(this.#loginDeadline(deadline), false);
    const outcome = await deadline.race(
      joined.promise.then(
        (token) => ({ token }),
        (error: unknown) => ({ error }),
      ),
      'authenticating at Conjur',
    );
    if ('token' in outcome) return outcome.token;
    // It ended by its own time, in a process that was frozen meanwhile, say; this caller still has some.
    const gaveUp = isConjurError(outcome.error, 'deadline_exceeded') || (joined.once && !isRefused(outcome.error));
    if (gaveUp && deadline.remainingMs() > 0) return this.#join(deadline);
    throw outcome.error;
  }

  #loginDeadline(deadline: Deadline): Deadline {
    return new Deadline(this.#options.clock, Math.max(LOGIN_LIMIT_MS, deadline.remainingMs()));
  }

  #start(deadline: Deadline, once: boolean): InFlight {
    const gotAtMs = this.#options.clock.now();
    const started: InFlight = { promise: this.#options.authenticate(deadline, { once }), once };
    this.#inFlight = started;
    const end = (token?: AccessToken): void => {
      if (token !== undefined) {
        const { refreshIntervalMs, random } = this.#options;
        this.#held = { token, gotAtMs, dueAgeMs: drawDueAgeMs(token.lifeMs, refreshIntervalMs, random) };
        this.#login = token.login;
      }
      this.#inFlight = undefined;
    };
    started.promise.then(end, () => end());
    return started;
  }
}

/**
 * The age at which a token is due for a refresh: 85 to 100 % of the interval, drawn anew for each token, or 85 % of the token's own life if
 * that is sooner. Processes that a burst has started together would otherwise all come back to the server in the same seconds.
 * @param refreshIntervalMs never exceeded
 * @param random uniform in [0, 1); 0 gives the whole interval
 * @returns milliseconds
 * @example drawDueAgeMs(480_000, 300_000, () => 0.5) // 277_500
 */
export function drawDueAgeMs(lifeMs: number, refreshIntervalMs: number, random: () => number): number {
  const intervalMs = refreshIntervalMs * (1 - random() * (1 - SHORTEST_INTERVAL_FRACTION));
  return Math.min(intervalMs, lifeMs * DUE_FRACTION);
}

function isRefused(error: unknown): boolean {
  return isConjurError(error, 'authentication_failed');
}

function ignore(): void {
  // Its end is all that is waited for; its outcome goes to those who asked for the token.
}

export interface SessionOptions extends Omit<TokenCacheOptions, 'authenticate'> {
  readonly authenticator: Authenticator;
  readonly transport: Transport;
  readonly nameOf: NameOf;
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

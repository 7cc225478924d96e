import type { HttpFault } from './fault.ts';
import type { HttpRequest, HttpResponse } from './request.ts';

/** A server that requests go to. */
export interface Server {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The base URL's own path, without a slash at the end. */
  readonly basePath: string;
  /** False for a follower, which answers reads alone and may lag behind. */
  readonly isLeader: boolean;
}

export function toServer(url: URL, isLeader: boolean): Server {
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), isLeader };
}

/** How long a server that could not be reached is asked last, in milliseconds. */
const PAUSE_MS = 30_000;

/**
 * In which order the servers of reads are asked: followers as they are given, then the leader. One that could not be reached comes
 * last for a while, so that not every read waits for it anew.
 */
export class ServerOrder {
  readonly #servers: readonly Server[];
  readonly #unreachableSinceMs = new Map<Server, number>();

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  at(nowMs: number): readonly Server[] {
    if (this.#unreachableSinceMs.size === 0) return this.#servers;
    const paused = this.#servers.filter((server) => this.#isPaused(server, nowMs));
    return [...this.#servers.filter((server) => !paused.includes(server)), ...paused];
  }

  note(server: Server, reachable: boolean, nowMs: number): void {
    if (reachable) this.#unreachableSinceMs.delete(server);
    else this.#unreachableSinceMs.set(server, nowMs);
  }

  /** A wall clock that went backwards ends the pause. */
  #isPaused(server: Server, nowMs: number): boolean {
    const ageMs = nowMs - (this.#unreachableSinceMs.get(server) ?? Number.NEGATIVE_INFINITY);
    return ageMs >= 0 && ageMs < PAUSE_MS;
  }
}

export type Outcome = { readonly response: HttpResponse } | { readonly fault: HttpFault };

export interface RetryPlanOptions {
  readonly leader: Server;
  /** For reads; the leader is among them. */
  readonly readers: readonly Server[];
  /** The first one included. */
  readonly maxAttempts: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

const REPEATABLE_STATUS = new Set([429, 502, 503, 504]);
const REPEATABLE_FAULT = new Set(['connect', 'proxy', 'timeout', 'broken']);

/** Where the attempts of one request go, and how long to wait between them. */
export class RetryPlan {
  readonly #request: HttpRequest;
  readonly #options: RetryPlanOptions;
  #servers: readonly Server[];
  #index = 0;
  #waits = 0;
  #attempt = 1;
  #freshConnection: boolean;

  constructor(request: HttpRequest, options: RetryPlanOptions) {
    this.#request = request;
    this.#options = options;
    this.#servers = request.target === 'read' ? options.readers : [options.leader];
    this.#freshConnection = request.freshConnection === true;
  }

  /** 1 for the first. */
  get attempt(): number {
    return this.#attempt;
  }

  get server(): Server {
    return this.#servers[this.#index % this.#servers.length] as Server;
  }

  /** Whether this attempt gets a connection of its own. */
  get freshConnection(): boolean {
    return this.#freshConnection;
  }

  /**
   * What follows an outcome: milliseconds to wait before the next attempt, or undefined where the outcome is final.
   * @param nowMs wall clock, for a `Retry-After` that is a date
   */
  next(outcome: Outcome, nowMs: number): number | undefined {
    if (this.#lagsBehind(outcome)) return this.#confirmAtLeader();
    if (!isWorthRepeating(this.#request, outcome)) return undefined;
    if (this.#attempt >= this.#limit()) return undefined;
    this.#attempt += 1;
    if (this.#wasKeptAlive(outcome)) {
      this.#freshConnection = true;
      return 0;
    }
    this.#index += 1;
    // The first round over several servers is not slowed down: the next one may be well.
    if (this.#index < this.#servers.length) return 0;
    this.#waits += 1;
    const header = 'response' in outcome ? outcome.response.headers['retry-after'] : undefined;
    return backoffMs(this.#waits, this.#options.random, parseRetryAfter(header, nowMs));
  }

  #limit(): number {
    if (this.#request.idempotent !== true) return 1;
    return Math.max(this.#options.maxAttempts, this.#servers.length);
  }

  /** A socket may have died in the pool. That is no fault of the server's, so the next attempt goes out at once, over a new one. */
  #wasKeptAlive(outcome: Outcome): boolean {
    return !this.#freshConnection && 'fault' in outcome && outcome.fault.kind === 'broken';
  }

  #lagsBehind(outcome: Outcome): boolean {
    if (!('response' in outcome) || this.server === this.#options.leader) return false;
    return this.#request.confirmAtLeader?.includes(outcome.response.status) === true;
  }

  #confirmAtLeader(): number {
    this.#attempt += 1;
    this.#servers = [this.#options.leader];
    return 0;
  }
}

function isWorthRepeating(request: HttpRequest, outcome: Outcome): boolean {
  if ('fault' in outcome) return REPEATABLE_FAULT.has(outcome.fault.kind);
  const { status } = outcome.response;
  return REPEATABLE_STATUS.has(status) || request.repeatOn?.includes(status) === true;
}

const BASE_MS = 100;
const CAP_MS = 2_000;
/** `Retry-After` counts in whole seconds: clients that were told the same one are spread over a second. */
const RETRY_AFTER_GRAIN_MS = 1_000;

/**
 * Full jitter: a uniformly random wait below an exponentially growing bound, so that clients that failed together do not come back
 * together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param attempt 1 after the first attempt
 * @param retryAfterMs what the server asked for: waited in full, with the jitter on top
 */
export function backoffMs(attempt: number, random: () => number, retryAfterMs = 0): number {
  const boundMs = Math.min(CAP_MS, BASE_MS * 2 ** (attempt - 1));
  return retryAfterMs + random() * (retryAfterMs > 0 ? Math.max(boundMs, RETRY_AFTER_GRAIN_MS) : boundMs);
}

/**
 * Reads a `Retry-After` header (RFC 9110, section 10.2.3): delay seconds or an HTTP date. Undefined for what is neither.
 * @returns milliseconds from now, never negative
 */
export function parseRetryAfter(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2}, /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

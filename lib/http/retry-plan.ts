import type { HttpFault } from './fault.ts';
import type { EndedBy, HttpRequest, HttpResponse } from './request.ts';

/** A server that requests go to. */
export interface Server {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The base URL's own path, without a slash at the end. */
  readonly basePath: string;
  /** False for a follower, which answers reads alone and may lag behind. */
  readonly isLeader: boolean;
  readonly circuit: Circuit;
}

export function toServer(url: URL, isLeader: boolean, circuit: Circuit): Server {
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), isLeader, circuit };
}

/** A circuit opens after this many failures in a row (a timeout counts twice), and not before the server has failed for this long. */
const OPENING_FAILURES = 5;
const OPENING_MS = 2_000;
/** How long an open circuit lets nothing through: at first, and at most after probes that failed. Milliseconds. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Spares a server that fails everything. It opens after five failures in a row over two seconds or more; from then on one request at a
 * time goes through as a probe, after a pause of 1 s that doubles up to 5 s. Any answer closes it, so that a server that is well again is
 * asked again after five seconds at most. https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker
 */
export class Circuit {
  readonly #random: () => number;
  #failures = 0;
  #failingSinceMs = 0;
  #reason = '';
  #isOpen = false;
  #pausedAtMs = 0;
  #boundMs = 0;
  #pauseMs = 0;
  #probing = false;

  /** @param random uniform in [0, 1): probes of clients that failed together must not come together */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Failures since the server's last answer; a timeout counts twice. */
  get failures(): number {
    return this.#failures;
  }

  /** What the last failure was: `503`, `connect: ECONNREFUSED`. */
  get reason(): string {
    return this.#reason;
  }

  /** Milliseconds until a probe may go, 0 where the circuit is closed or a probe is due. */
  pauseLeftMs(nowMs: number): number {
    if (!this.#isOpen) return 0;
    const goneMs = nowMs - this.#pausedAtMs;
    // A wall clock that went backwards ends the pause.
    return goneMs < 0 ? 0 : Math.max(0, this.#pauseMs - goneMs);
  }

  /** Whether a request may go to the server. */
  admits(nowMs: number): boolean {
    return !this.#isOpen || (!this.#probing && this.pauseLeftMs(nowMs) === 0);
  }

  /** Says that a request goes to the server. @returns whether it is the probe, which has to be told to {@link Circuit.note} */
  enter(): boolean {
    if (!this.#isOpen) return false;
    this.#probing = true;
    return true;
  }

  /** Takes in what an attempt says about the server. */
  note(verdict: Verdict, isProbe: boolean, nowMs: number): void {
    if (isProbe) this.#probing = false;
    if (verdict === 'well') {
      this.#failures = 0;
      this.#isOpen = false;
    } else if (verdict !== 'unknown') this.#fail(verdict, isProbe, nowMs);
  }

  #fail({ weight, reason }: Failure, isProbe: boolean, nowMs: number): void {
    if (this.#failures === 0 || nowMs < this.#failingSinceMs) this.#failingSinceMs = nowMs;
    this.#failures += weight;
    this.#reason = reason;
    if (this.#isOpen) {
      // Requests that were under way when it opened say nothing new.
      if (isProbe) this.#pause(Math.min(LONGEST_PAUSE_MS, this.#boundMs * 2), nowMs);
    } else if (this.#failures >= OPENING_FAILURES && nowMs - this.#failingSinceMs >= OPENING_MS) {
      this.#isOpen = true;
      this.#pause(FIRST_PAUSE_MS, nowMs);
    }
  }

  #pause(boundMs: number, nowMs: number): void {
    this.#boundMs = boundMs;
    this.#pauseMs = boundMs * (1 - this.#random() / 2);
    this.#pausedAtMs = nowMs;
  }
}

/** What an attempt says about its server. */
export type Verdict = 'well' | 'unknown' | Failure;

interface Failure {
  /** 2 for a timeout, which says more and has cost more; else 1. */
  readonly weight: number;
  readonly reason: string;
}

/** Judges the server by an attempt. A timeout must be one of the whole time that an attempt has, and not of a caller in a hurry. */
export function judge(outcome: Outcome, wasCutShort: boolean): Verdict {
  if ('response' in outcome) {
    const { status } = outcome.response;
    return REPEATABLE_STATUS.has(status) ? { weight: 1, reason: String(status) } : 'well';
  }
  const { kind, message } = outcome.fault;
  if (!REPEATABLE_FAULT.has(kind) || (kind === 'timeout' && wasCutShort)) return 'unknown';
  return { weight: kind === 'timeout' ? 2 : 1, reason: message };
}

/** What the repetition after an outcome takes of the budget. A lock that somebody else held says nothing about the server. */
function costOf(outcome: Outcome): number {
  if ('response' in outcome) return REPEATABLE_STATUS.has(outcome.response.status) ? RETRY_COST : 0;
  return outcome.fault.kind === 'timeout' ? TIMEOUT_RETRY_COST : RETRY_COST;
}

// Tokens, as the SDKs of AWS count them: five successes make up for one retry.
const RETRY_COST = 5;
const TIMEOUT_RETRY_COST = 10;
const REFILL = 1;
/** Of a full budget, for each request that is under way: ten retries. */
const TOKENS_PER_REQUEST = 50;

/**
 * The retries that a client has left: ten, of which each success gives back a fifth; one after a timeout counts twice. So a server that
 * fails in half of all requests is not asked twice as often for it. A token bucket, as in the SDKs of AWS
 * (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html); its size goes by the requests that are under way, so
 * that it means the same for a process that makes one call at a time and for one that makes a hundred.
 */
export class RetryBudget {
  #underWay = 0;
  #spent = 0;

  /** A request begins. */
  enter(): void {
    this.#underWay += 1;
  }

  /** A request has ended. */
  leave(): void {
    this.#underWay -= 1;
  }

  /** Takes tokens for a retry. @param cost 0 is always to be had @returns false where too few are left */
  spend(cost: number): boolean {
    if (cost > 0 && this.#spent + cost > this.#size) return false;
    this.#spent += cost;
    return true;
  }

  /** A request had an answer. */
  refill(): void {
    this.#spent = Math.max(0, Math.min(this.#spent, this.#size) - REFILL);
  }

  get #size(): number {
    return TOKENS_PER_REQUEST * Math.max(1, this.#underWay);
  }
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

/** A request that was not sent, or not repeated, for a server's sake. */
export interface HeldBack {
  readonly by: EndedBy;
  readonly server: Server;
}

export type Outcome = { readonly response: HttpResponse } | { readonly fault: HttpFault };

export interface RetryPlanOptions {
  readonly leader: Server;
  /** For reads; the leader is among them. */
  readonly readers: readonly Server[];
  /** The first one included. */
  readonly maxAttempts: number;
  readonly budget: RetryBudget;
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
  #last: Outcome | undefined;
  #heldBack: HeldBack | undefined;
  #endedBy: EndedBy | undefined;

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

  /** What was spared of all that the request called for; undefined where nothing was. */
  get heldBack(): HeldBack | undefined {
    return this.#heldBack;
  }

  /** Why there is no further attempt, where it is not for the attempts' sake. */
  get endedBy(): EndedBy | undefined {
    return this.#endedBy;
  }

  /** The outcome of the last attempt: the answer where no other attempt can be made. Undefined where it is not believed alone. */
  get last(): Outcome | undefined {
    return this.#last;
  }

  /** Goes on to the next server whose circuit lets a request through. @returns false where none does */
  seekServer(nowMs: number): boolean {
    const first = this.server;
    for (const _ of this.#servers) {
      if (this.server.circuit.admits(nowMs)) {
        if (this.server !== first) this.#heldBack = { by: 'circuit', server: first };
        return true;
      }
      this.#index += 1;
    }
    return false;
  }

  /**
   * What follows an outcome: milliseconds to wait before the next attempt, or undefined where the outcome is final.
   * @param nowMs wall clock, for a `Retry-After` that is a date
   * @param remainingMs until when an answer is of use
   */
  next(outcome: Outcome, nowMs: number, remainingMs: number): number | undefined {
    if (this.#lagsBehind(outcome)) return this.#confirmAtLeader();
    this.#last = outcome;
    if (!isWorthRepeating(this.#request, outcome)) return undefined;
    if (this.#attempt >= this.#limit()) return undefined;
    const { waitMs, cost } = this.#step(outcome, nowMs);
    // A wait that ends after the deadline helps nobody: say now what is wrong, rather than later that time ran out.
    if (waitMs >= remainingMs) return undefined;
    if (!this.#servers.some(({ circuit }) => circuit.admits(nowMs + waitMs))) return this.end('circuit');
    if (!this.#options.budget.spend(cost)) return this.end('retry-budget');
    this.#attempt += 1;
    return waitMs;
  }

  /** Where the next attempt goes: milliseconds to wait before it, and what of the budget it takes. */
  #step(outcome: Outcome, nowMs: number): { waitMs: number; cost: number } {
    if (this.#wasKeptAlive(outcome)) {
      this.#freshConnection = true;
      return { waitMs: 0, cost: this.server.circuit.failures > 1 ? RETRY_COST : 0 };
    }
    this.#index += 1;
    // The first round over several servers is neither slowed down nor counted: the next one may be well.
    if (this.seekServer(nowMs) && this.#index < this.#servers.length) return { waitMs: 0, cost: 0 };
    this.#waits += 1;
    const header = 'response' in outcome ? outcome.response.headers['retry-after'] : undefined;
    const waitMs = backoffMs(this.#waits, this.#options.random, parseRetryAfter(header, nowMs));
    return { waitMs, cost: costOf(outcome) };
  }

  /** Makes the last outcome the answer, or that there is none. */
  end(by: EndedBy): undefined {
    this.#endedBy = by;
    this.#heldBack = { by, server: this.server };
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
    // The follower's answer alone is not believed.
    this.#last = undefined;
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

import type { Clock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import type { Dispatchers } from './dispatchers.ts';
import { HttpFault } from './fault.ts';
import type { AttemptReport, FreshParts, HttpRequest, HttpResponse } from './request.ts';
import { type Outcome, RetryPlan } from './retry-plan.ts';
import { sendOnce } from './send-once.ts';
import { type Server, ServerOrder, toServer } from './servers.ts';

export interface TransportOptions {
  readonly dispatchers: Pick<Dispatchers, 'keptAlive' | 'fresh'>;
  /** Base URL of the leader; its path is kept in front of every request's. */
  readonly baseUrl: URL;
  /** Base URLs of followers, asked in order before the leader. */
  readonly readBaseUrls: readonly URL[];
  /** Milliseconds per attempt. */
  readonly timeoutMs: number;
  /** Attempts per request, the first one included. */
  readonly maxAttempts: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined;
  /** The header `traceparent` of each attempt: https://www.w3.org/TR/trace-context/#traceparent-header. Default: none. */
  readonly traceparent?: (() => string | undefined) | undefined;
}

/**
 * Sends a request until an answer comes that is worth having, or the attempts or the deadline are used up.
 * @throws HttpFault where no answer came, which its user puts into words
 */
export type Transport = (request: HttpRequest, deadline: Deadline) => Promise<HttpResponse>;

/** Faults that say that a server could not be reached at all. */
const UNREACHABLE = new Set(['connect', 'proxy', 'timeout', 'tls']);

/**
 * Connection errors, 429, 502, 503 and 504 are repeated with full jitter where the request is idempotent. `Retry-After` is honoured. The
 * next attempt of a read goes to the next server.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, dispatchers } = options;
  const leader = toServer(options.baseUrl, true);
  const order = new ServerOrder([...options.readBaseUrls.map((url) => toServer(url, false)), leader]);

  return async function send(request, deadline) {
    const plan = new RetryPlan(request, { ...options, leader, readers: order.at(clock.now()) });
    for (;;) {
      const outcome = await attemptOnce(request, plan, deadline);
      const waitMs = plan.next(outcome, clock.now());
      // A wait that ends after the deadline helps nobody: say now what is wrong, rather than later that time ran out.
      if (waitMs === undefined || waitMs >= deadline.remainingMs()) return settle(outcome, deadline);
      if (waitMs > 0) await clock.sleep(waitMs);
    }
  };

  async function attemptOnce(request: HttpRequest, plan: RetryPlan, deadline: Deadline): Promise<Outcome> {
    const { attempt, server, freshConnection } = plan;
    // What is at hand, as token and connection mostly are, is not waited for: on the way of a warm read every promise costs a turn.
    const refreshed = withFreshParts(request, deadline);
    const complete = refreshed instanceof Promise ? await refreshed : refreshed;
    const remainingMs = deadline.remainingMs();
    if (remainingMs <= 0) throw new HttpFault('deadline', 'before it was sent');
    const timeoutMs = Math.min(options.timeoutMs, remainingMs);
    const startedMs = clock.now();
    const opened = freshConnection ? dispatchers.fresh() : dispatchers.keptAlive(startedMs);
    const dispatcher = opened instanceof Promise ? await opened : opened;
    const outcome = await sendOnce(withTrace(complete, options.traceparent?.()), {
      dispatcher,
      timeoutMs,
      freshConnection,
      server,
      signal: deadline.signal,
    }).then(toAnswer, toFault);
    report(request, server, attempt, startedMs, outcome);
    if ('fault' in outcome && outcome.fault.kind === 'aborted') throw outcome.fault;
    // Said by what the attempt was given, and not by another look at the clock: a timer may fire a millisecond before its time.
    if (isTimeout(outcome) && remainingMs <= options.timeoutMs) throw expired(outcome.fault);
    return outcome;
  }

  function report(request: HttpRequest, server: Server, attempt: number, startedMs: number, outcome: Outcome): void {
    const nowMs = clock.now();
    order.note(server, !('fault' in outcome && UNREACHABLE.has(outcome.fault.kind)), nowMs);
    options.onAttempt?.({
      method: request.method,
      action: request.action,
      server: server.origin,
      attempt,
      durationMs: nowMs - startedMs,
      ...('fault' in outcome ? { fault: outcome.fault.message } : { status: outcome.response.status }),
    });
  }
}

function withFreshParts(request: HttpRequest, deadline: Deadline): HttpRequest | Promise<HttpRequest> {
  if (request.freshParts === undefined) return request;
  const parts = request.freshParts();
  if (!(parts instanceof Promise)) return withParts(request, parts);
  return deadline
    .race(parts, () => new HttpFault('deadline', 'before it was sent'))
    .then((late) => withParts(request, late));
}

function withParts(request: HttpRequest, { headers, body }: FreshParts): HttpRequest {
  return {
    ...request,
    headers: { ...request.headers, ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function withTrace(request: HttpRequest, traceparent: string | undefined): HttpRequest {
  return traceparent === undefined ? request : { ...request, headers: { ...request.headers, traceparent } };
}

function toAnswer(response: HttpResponse): Outcome {
  return { response };
}

function toFault(error: unknown): Outcome {
  if (error instanceof HttpFault) return { fault: error };
  throw error;
}

function isTimeout(outcome: Outcome): outcome is Extract<Outcome, { fault: HttpFault }> {
  return 'fault' in outcome && outcome.fault.kind === 'timeout';
}

function settle(outcome: Outcome, deadline: Deadline): HttpResponse {
  if ('response' in outcome) return outcome.response;
  // The time of a process that was frozen meanwhile is over, however long the attempt had.
  throw isTimeout(outcome) && deadline.remainingMs() <= 0 ? expired(outcome.fault) : outcome.fault;
}

function expired(fault: HttpFault): HttpFault {
  return new HttpFault('deadline', fault.reason, fault);
}

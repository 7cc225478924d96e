import { toUnavailable } from '../answers.ts';
import type { Clock } from '../clock.ts';
import { type Deadline, deadlineExceeded } from '../deadline.ts';
import type { Dispatchers } from './dispatchers.ts';
import { TransportFault } from './fault.ts';
import type { AttemptReport, ConjurRequest, ConjurResponse, RequestCompletion } from './request.ts';
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
}

/** Sends a request until an answer comes that is worth having, or the attempts or the deadline are used up. */
export type Transport = (request: ConjurRequest, deadline: Deadline) => Promise<ConjurResponse>;

/** Faults that say that a server could not be reached at all. */
const UNREACHABLE = new Set(['connect', 'proxy', 'timeout', 'tls']);

/**
 * Connection errors, 429, 502, 503 and 504 are repeated with full jitter where the request says why that is safe; a 409 where it says
 * that the lock of a policy load is meant. `Retry-After` is honoured. The next attempt of a read goes to the next server.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, dispatchers } = options;
  const leader = toServer(options.baseUrl);
  const order = new ServerOrder([...options.readBaseUrls.map(toServer), leader]);

  return async function send(request, deadline) {
    const plan = new RetryPlan(request, { ...options, leader, readers: order.at(clock.now()) });
    for (;;) {
      const outcome = await attemptOnce(request, plan, deadline);
      const waitMs = plan.next(outcome, clock.now());
      // A wait that ends after the deadline helps nobody: say now what is wrong, rather than later that time ran out.
      if (waitMs === undefined || waitMs >= deadline.remainingMs()) return settle(request, outcome, deadline);
      if (waitMs > 0) await clock.sleep(waitMs);
    }
  };

  async function attemptOnce(request: ConjurRequest, plan: RetryPlan, deadline: Deadline): Promise<Outcome> {
    const { attempt, server, freshConnection } = plan;
    // What is at hand, as token and connection mostly are, is not waited for: on the way of a warm read every promise costs a turn.
    const completion = complete(request, deadline);
    const completed = completion instanceof Promise ? await completion : completion;
    const remainingMs = deadline.remainingMs();
    if (remainingMs <= 0) throw deadlineExceeded(request.doing);
    const timeoutMs = Math.min(options.timeoutMs, remainingMs);
    const startedMs = clock.now();
    const opened = freshConnection ? dispatchers.fresh() : dispatchers.keptAlive(startedMs);
    const dispatcher = opened instanceof Promise ? await opened : opened;
    const outcome = await sendOnce(completed, { dispatcher, timeoutMs, freshConnection, ...server }).then(
      toAnswer,
      toFault,
    );
    report(request, server, attempt, startedMs, outcome);
    // Said by what the attempt was given, and not by another look at the clock: a timer may fire a millisecond before its time.
    if (isTimeout(outcome) && remainingMs <= options.timeoutMs) throw deadlineExceeded(request.doing, outcome.fault);
    return outcome;
  }

  function report(request: ConjurRequest, server: Server, attempt: number, startedMs: number, outcome: Outcome): void {
    const nowMs = clock.now();
    order.note(server, !('fault' in outcome && UNREACHABLE.has(outcome.fault.kind)), nowMs);
    options.onAttempt?.({
      method: request.method,
      doing: request.doing,
      server: server.origin,
      attempt,
      durationMs: nowMs - startedMs,
      ...('fault' in outcome ? { fault: outcome.fault.message } : { status: outcome.response.status }),
    });
  }
}

function complete(request: ConjurRequest, deadline: Deadline): ConjurRequest | Promise<ConjurRequest> {
  if (request.complete === undefined) return request;
  const completion = request.complete();
  if (!(completion instanceof Promise)) return withCompletion(request, completion);
  return deadline.race(completion, request.doing).then((late) => withCompletion(request, late));
}

function withCompletion(request: ConjurRequest, { headers, body }: RequestCompletion): ConjurRequest {
  return {
    ...request,
    headers: { ...request.headers, ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function toAnswer(response: ConjurResponse): Outcome {
  return { response };
}

function toFault(error: unknown): Outcome {
  if (error instanceof TransportFault) return { fault: error };
  throw error;
}

function isTimeout(outcome: Outcome): outcome is Extract<Outcome, { fault: TransportFault }> {
  return 'fault' in outcome && outcome.fault.kind === 'timeout';
}

function settle(request: ConjurRequest, outcome: Outcome, deadline: Deadline): ConjurResponse {
  if ('response' in outcome) return outcome.response;
  // The time of a container that was frozen meanwhile is over, however long the attempt had.
  if (isTimeout(outcome) && deadline.remainingMs() <= 0) throw deadlineExceeded(request.doing, outcome.fault);
  throw toUnavailable(request.doing, outcome.fault);
}

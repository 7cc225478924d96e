import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { type Clock, type Deadline, startTimer } from '../clock.ts';
import type { Dispatchers } from './dispatchers.ts';
import { HttpFault, NOT_SENT, toHttpFault } from './fault.ts';
import type { AttemptReport, EndedBy, FreshParts, HeldBackReport, HttpRequest, HttpResponse } from './request.ts';
import {
  Circuit,
  type HeldBack,
  judge,
  type Outcome,
  RetryBudget,
  RetryPlan,
  type Server,
  ServerOrder,
  toServer,
} from './retry-plan.ts';

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
  /** Default: one of its own. */
  readonly budget?: RetryBudget | undefined;
  /** Makes the circuit of a server. Default: {@link Circuit}. */
  readonly createCircuit?: (() => Circuit) | undefined;
  readonly onAttempt?: ((report: AttemptReport) => void) | undefined;
  /** Told once of each request that was held back from a server that fails. */
  readonly onHeldBack?: ((report: HeldBackReport) => void) | undefined;
  /** The header `traceparent` of each attempt: https://www.w3.org/TR/trace-context/#traceparent-header. Default: none. */
  readonly traceparent?: (() => string | undefined) | undefined;
}

/**
 * Sends a request until an answer comes that is worth having, or the attempts or the deadline are used up.
 * @throws HttpFault where no answer came, which its user puts into words
 */
export type Transport = (request: HttpRequest, deadline: Deadline) => Promise<HttpResponse>;

/** Faults that say that a server could not be reached at all. */
const UNREACHABLE = new Set(['connect', 'proxy', 'proxy-tls', 'timeout', 'tls']);

/**
 * Connection errors, 429, 502, 503 and 504 are repeated with full jitter where the request is idempotent. `Retry-After` is honoured. The
 * next attempt of a read goes to the next server. A server that fails everything is spared by its circuit, one that fails often by the
 * client's budget of retries.
 */
export function createTransport(options: TransportOptions): Transport {
  const { clock, dispatchers } = options;
  const { budget = new RetryBudget(), createCircuit = () => new Circuit(options.random) } = options;
  const toOwnServer = (url: URL, isLeader: boolean): Server => toServer(url, isLeader, createCircuit());
  const leader = toOwnServer(options.baseUrl, true);
  const servers = [...options.readBaseUrls.map((url) => toOwnServer(url, false)), leader];
  const order = new ServerOrder(servers);

  return async function send(request, deadline) {
    const plan = new RetryPlan(request, { ...options, budget, leader, readers: order.at(clock.now()) });
    budget.enter();
    try {
      for (;;) {
        const outcome = await attemptOnce(request, plan, deadline);
        if (outcome === undefined) return settleUnsent(plan, deadline);
        const waitMs = plan.next(outcome, clock.now(), deadline.remainingMs());
        if (waitMs === undefined) return settle(outcome, deadline, plan.endedBy);
        if (waitMs > 0) await clock.sleep(waitMs, deadline.signal);
        const known = isAmbiguous(outcome) ? await request.beforeRepeat?.() : undefined;
        if (known !== undefined) return known;
      }
    } finally {
      budget.leave();
      if (plan.heldBack !== undefined) reportHeldBack(request, plan.heldBack);
    }
  };

  /** @returns undefined where no server is to be asked */
  async function attemptOnce(request: HttpRequest, plan: RetryPlan, deadline: Deadline): Promise<Outcome | undefined> {
    const { freshConnection } = plan;
    // What is at hand, as token and connection mostly are, is not waited for: on the way of a warm read every promise costs a turn.
    const refreshed = withFreshParts(request, deadline);
    const complete = refreshed instanceof Promise ? await refreshed : refreshed;
    const remainingMs = deadline.remainingMs();
    if (remainingMs <= 0) throw new HttpFault('deadline', NOT_SENT);
    const timeoutMs = Math.min(options.timeoutMs, remainingMs);
    const startedMs = clock.now();
    // Not before the token is there: its authentication may be what a circuit lets through.
    if (!plan.seekServer(startedMs)) return undefined;
    const opened = freshConnection ? dispatchers.fresh() : dispatchers.keptAlive(startedMs);
    const dispatcher = opened instanceof Promise ? await opened : opened;
    const { attempt, server } = plan;
    const isProbe = server.circuit.enter();
    let outcome: Outcome | undefined;
    try {
      outcome = await sendOnce(withTrace(complete, options.traceparent?.()), {
        dispatcher,
        timeoutMs,
        freshConnection,
        server,
        clock,
        signal: deadline.signal,
      }).then(toAnswer, toFault);
    } finally {
      const verdict = outcome === undefined ? 'unknown' : judge(outcome, timeoutMs < options.timeoutMs);
      server.circuit.note(verdict, isProbe, clock.now());
    }
    report(request, server, attempt, startedMs, outcome);
    // Said by what the attempt was given, and not by another look at the clock: a timer may fire a millisecond before its time.
    if (isTimeout(outcome) && remainingMs <= options.timeoutMs) throw expired(outcome.fault);
    return outcome;
  }

  function report(request: HttpRequest, server: Server, attempt: number, startedMs: number, outcome: Outcome): void {
    const nowMs = clock.now();
    order.note(server, !('fault' in outcome && UNREACHABLE.has(outcome.fault.kind)), nowMs);
    if ('response' in outcome && outcome.response.status < 500 && outcome.response.status !== 429) budget.refill();
    const { method, action } = request;
    const sent = { method, action, server: server.origin, attempt, durationMs: nowMs - startedMs };
    options.onAttempt?.(
      'fault' in outcome ? { ...sent, fault: outcome.fault.message } : { ...sent, status: outcome.response.status },
    );
  }

  function reportHeldBack({ method, action }: HttpRequest, { by, server }: HeldBack): void {
    options.onHeldBack?.({ method, action, server: server.origin, by });
  }

  /** Every server that could have been asked is spared: what one of them said before is the answer, or that nobody was asked. */
  function settleUnsent(plan: RetryPlan, deadline: Deadline): HttpResponse {
    plan.end('circuit');
    const { last, server } = plan;
    if (last !== undefined) return settle(last, deadline, 'circuit');
    const retryAfterMs = server.circuit.pauseLeftMs(clock.now());
    throw new HttpFault('circuit-open', server.circuit.reason, undefined, { retryAfterMs });
  }
}

function withFreshParts(request: HttpRequest, deadline: Deadline): HttpRequest | Promise<HttpRequest> {
  if (request.freshParts === undefined) return request;
  const parts = request.freshParts();
  if (!(parts instanceof Promise)) return withParts(request, parts);
  return deadline.race(parts, () => new HttpFault('deadline', NOT_SENT)).then((late) => withParts(request, late));
}

function withParts(request: HttpRequest, { headers = {}, body }: FreshParts): HttpRequest {
  const complete = {
    ...request,
    headers: request.headers === undefined ? headers : { ...request.headers, ...headers },
  };
  return body === undefined ? complete : { ...complete, body };
}

function withTrace(request: HttpRequest, traceparent: string | undefined): HttpRequest {
  return traceparent === undefined ? request : { ...request, headers: { ...request.headers, traceparent } };
}

function toAnswer(response: HttpResponse): Outcome {
  return { response };
}

function toFault(fault: HttpFault): Outcome {
  return { fault };
}

function isTimeout(outcome: Outcome): outcome is Extract<Outcome, { fault: HttpFault }> {
  return 'fault' in outcome && outcome.fault.kind === 'timeout';
}

/** Whether the request may have taken effect, though no answer of its server's says so. */
function isAmbiguous(outcome: Outcome): boolean {
  if ('fault' in outcome) return outcome.fault.kind === 'timeout' || outcome.fault.kind === 'broken';
  return isFromInFront(outcome.response);
}

/** Whether a server in front answered in the server's place, so that nobody knows what that did. */
export function isFromInFront({ status }: Pick<HttpResponse, 'status'>): boolean {
  return status === 502 || status === 504;
}

function settle(outcome: Outcome, deadline: Deadline, endedBy: EndedBy | undefined): HttpResponse {
  if ('response' in outcome) return endedBy === undefined ? outcome.response : { ...outcome.response, endedBy };
  const { fault } = outcome;
  // The time of a process that was frozen meanwhile is over, however long the attempt had.
  if (isTimeout(outcome) && deadline.remainingMs() <= 0) throw expired(fault);
  throw endedBy === undefined ? fault : new HttpFault(fault.kind, fault.reason, fault.cause, { endedBy });
}

function expired(fault: HttpFault): HttpFault {
  return new HttpFault('deadline', fault.reason, fault);
}

/** No answer that is asked for here is near this: a list page of 1,000 variables is about a megabyte. */
export const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

export interface SendOnceOptions {
  readonly dispatcher: Dispatcher;
  readonly server: Omit<Server, 'circuit'>;
  /** For the whole attempt, from the connection to the last byte. */
  readonly timeoutMs: number;
  /** Whose timer ends the attempt. Default: the process's own. */
  readonly clock?: Pick<Clock, 'startTimer'> | undefined;
  /** Ends the attempt. Its listener costs a little, so there is none where nobody gave one. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the connection with the request. */
  readonly freshConnection: boolean;
}

/**
 * One attempt. The limit is on the whole of it: undici's own limits are on the headers and on the gap between two chunks, so that a
 * server that sends a byte a second would never meet them.
 * @throws HttpFault where no complete answer came, or one in a content coding that nobody can undo
 */
export function sendOnce(request: HttpRequest, options: SendOnceOptions): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const collector = new ResponseCollector(request, options, resolve, reject);
    try {
      options.dispatcher.dispatch(toDispatchOptions(request, options), collector);
    } catch (error) {
      collector.onResponseError(null, error);
    }
  });
}

function toDispatchOptions(
  request: HttpRequest,
  { server, freshConnection }: SendOnceOptions,
): Dispatcher.DispatchOptions {
  return {
    origin: server.origin,
    path: server.basePath + request.path,
    method: request.method,
    headers: { ...request.headers, 'accept-encoding': request.acceptEncoding ?? IDENTITY },
    body: request.body ?? null,
    headersTimeout: 0,
    bodyTimeout: 0,
    reset: freshConnection,
  };
}

/**
 * Takes a response as undici hands it over, and gives it away whole. No stream, no abort signal: the answers are small, and those two
 * are most of what a request by `Dispatcher.request` costs on this side. The size is counted here, because undici's own limit does not
 * reach through an http proxy.
 * https://undici.nodejs.org/#/docs/api/Dispatcher?id=parameter-dispatchhandler
 */
class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #request: HttpRequest;
  readonly #options: SendOnceOptions;
  readonly #resolve: (response: HttpResponse | Promise<HttpResponse>) => void;
  readonly #reject: (fault: HttpFault) => void;
  readonly #stopTimer: () => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #bytes = 0;
  #ended: HttpFault | undefined;

  constructor(
    request: HttpRequest,
    options: SendOnceOptions,
    resolve: (response: HttpResponse | Promise<HttpResponse>) => void,
    reject: (fault: HttpFault) => void,
  ) {
    this.#request = request;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { clock, timeoutMs, signal } = options;
    this.#stopTimer = startTimer(clock, () => this.#end(new HttpFault('timeout', `${timeoutMs} ms`)), timeoutMs);
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted === true) this.#abort();
  }

  /** Called when the request is about to be sent, which may be long after it was asked for. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended !== undefined) controller.abort(this.#ended);
  }

  /** Called for interim answers too (section 15.2 of RFC 9110): the answer itself comes last and takes their place. */
  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Section 15.5.8 of it: this comes from a proxy, and from nobody else.
    if (status === 407) this.#end(new HttpFault('proxy', 'answered 407'));
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > MAX_RESPONSE_BYTES) this.#end(tooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#ended !== undefined) return;
    this.#release();
    // Copied even where it came in one piece: that piece is a part of a larger buffer, which it would keep alive.
    const body = Buffer.concat(this.#chunks, this.#bytes);
    const response = { status: this.#status, headers: this.#headers, body, fromLeader: this.#options.server.isLeader };
    const { 'content-encoding': coding, 'transfer-encoding': transfer } = this.#headers;
    if (transfer !== undefined && !isUndone(transfer)) this.#reject(unknownCoding(String(transfer)));
    else this.#resolve(coding === undefined ? response : decodeContent(response, coding, this.#request.acceptEncoding));
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    this.#release();
    this.#reject(toHttpFault(error));
  }

  readonly #abort = (): void => this.#end(new HttpFault('aborted', 'by its signal'));

  #release(): void {
    this.#stopTimer();
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  #end(fault: HttpFault): void {
    if (this.#ended !== undefined) return;
    this.#ended = fault;
    this.#release();
    // First, for undici tells of the abort at once, in words of its own.
    this.#reject(fault);
    this.#controller?.abort(fault);
  }
}

/** Whether a coding of the transfer is one that undici takes off: chunks, and nothing else (RFC 9112, section 6.1). */
function isUndone(transfer: string | string[]): boolean {
  return String(transfer).toLowerCase() === 'chunked';
}

function tooLarge(): HttpFault {
  return new HttpFault('too-large', `more than ${MAX_RESPONSE_BYTES} bytes`);
}

const IDENTITY = 'identity';

/** Undoes what a proxy has applied unasked (RFC 9110, section 8.4); the coding that was asked for is its caller's to undo. */
async function decodeContent(
  response: HttpResponse,
  header: string | string[],
  asked = IDENTITY,
): Promise<HttpResponse> {
  const codings = String(header)
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== IDENTITY);
  let { body } = response;
  // No bytes are no bytes in any coding, though some servers name one; a decoder would miss the rest.
  if (body.byteLength === 0) codings.length = 0;
  while (codings.length > 0 && codings.at(-1) !== asked) body = await decompress(body, codings.pop() as string);
  if (codings.length > 1) throw unknownCoding(codings.join(', '));
  const { 'content-encoding': _, ...headers } = response.headers;
  return {
    ...response,
    body,
    headers: codings[0] === undefined ? headers : { ...headers, 'content-encoding': codings[0] },
  };
}

async function decompress(body: Buffer, coding: string): Promise<Buffer> {
  const zlib = await import('node:zlib');
  const decode = {
    gzip: zlib.gunzipSync,
    'x-gzip': zlib.gunzipSync,
    deflate: zlib.inflateSync,
    br: zlib.brotliDecompressSync,
  }[coding];
  if (decode === undefined) throw unknownCoding(coding);
  try {
    return decode(body, { maxOutputLength: MAX_RESPONSE_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new HttpFault('coding', `broken ${coding}`);
  }
}

/** The header comes from whoever answered: only what looks like a name is repeated. */
function unknownCoding(coding: string): HttpFault {
  return new HttpFault('coding', /^[\w, -]{1,40}$/.test(coding) ? coding : 'an unknown one');
}

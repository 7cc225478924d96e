import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { type Clock, Deadline } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { type FunctionError, isFunctionError } from '../contract/error-codes.ts';
import { type CallSettings, withCaller } from './access.ts';
import type { Container, Startup } from './container.ts';
import {
  type Fields,
  fieldsOf,
  type HttpCall,
  type HttpReply,
  isHttpEvent,
  parseHttpEvent,
  problemReply,
} from './http.ts';
import { createInvocationLog, type Invocation } from './invocation-log.ts';

/** A function in three parts: what a call asks for, what is done, and how the answer looks over HTTP. */
export interface FunctionDefinition<Request, Answer, Deps extends CallSettings = Container> {
  /** As in serverless.yml. */
  readonly name: string;
  /** @throws ConjurError `invalid_request`, or rejects with it */
  readonly parseHttp: (call: HttpCall) => Request | Promise<Request>;
  /** @throws ConjurError `invalid_request`, or rejects with it */
  readonly parseDirect: (payload: unknown) => Request | Promise<Request>;
  /** What the function works with, made of its container by the first call, and kept. */
  readonly connect: (container: Container) => Deps;
  /**
   * @param deps with what the caller of this call may among the settings
   * @param correlationId under which the call is found in the logs of all that take part in it
   */
  readonly handle: (deps: Deps, request: Request, deadline: Deadline, correlationId?: string) => Promise<Answer>;
  readonly toReply: (request: Request, answer: Answer) => HttpReply;
  /** What a direct invocation gets. */
  readonly toDirect: (request: Request, answer: Answer) => unknown;
  /** What the log may say of a request: kind and names, no values. */
  readonly describe: (request: Request, container: Container) => Record<string, unknown>;
}

/** Time kept back from the invocation's own, for the answer to be sent: milliseconds. */
const DEADLINE_MARGIN_MS = 300;
/** By then an answer goes out, whatever is still being waited for: a last guard behind every deadline. Milliseconds. */
const LAST_GUARD_MS = 100;
/** Where the invocation does not say how long it may take. */
const DEFAULT_REMAINING_MS = 30_000;
/** An HTTP API gives up after 30 seconds, whatever the function's own time. Milliseconds. */
const HTTP_LIMIT_MS = 29_000;
/** A start that takes longer Lambda gives up. Milliseconds. */
const MAX_START_MS = 10_000;
/** How long the start may wait for a first session token, of the 10 s that Lambda gives it. */
const WARM_UP_MS = 2_500;

export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** What an event has become when it reaches the handler: the work, and the form in which its answer is wanted. */
class Call {
  readonly run: () => Promise<unknown>;

  constructor(run: () => Promise<unknown>) {
    this.run = run;
  }
}

/** What the middlewares tell each other of an invocation. */
type Internal = { invocation?: Invocation };
type Middleware = middy.MiddlewareObj<unknown, unknown, Error, Context, Internal>;

/**
 * Builds the handler. HTTP calls get every failure as a problem document; direct ones get it thrown, with the code's name as
 * `errorType`. Either way one line in the log says what was done.
 */
export function createFunction<Request, Answer, Deps extends CallSettings>(
  definition: FunctionDefinition<Request, Answer, Deps>,
  source: Startup,
): Handler {
  const { clock } = 'container' in source ? source.container : source;
  // middy has a timer for this too, which costs each call more.
  const handler = middy<unknown, unknown, Error, Context, Internal>({ timeoutEarlyInMillis: 0 });
  // The first is the last on the way back: by then all is settled, and the answer is what the caller gets.
  handler.use([log(definition.name, source), settle(source), problem(), parse(definition, source)]);
  handler.handler((event: unknown, context) => {
    if (!(event instanceof Call)) throw new TypeError('The event has not been parsed.');
    return new Deadline(clock, context.getRemainingTimeInMillis() - LAST_GUARD_MS).race(event.run(), 'answering');
  });
  return (event, context) => handler(event, withFrontLimit(event, context, clock));
}

/**
 * The context of a call, in which the time of one over HTTP is over when its front gives up: else the last guard, and the wait for what is
 * in flight, would only end when nobody listens any more. A rotation may run for longer than any front waits, and a front has waited for
 * the start of a new container too.
 */
function withFrontLimit(event: unknown, context: Context, clock: Clock): Context {
  const remaining = (): number => context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
  const remainingMs = remaining();
  let overMs: number | undefined;
  const getRemainingTimeInMillis = (): number => {
    overMs ??= isHttpEvent(event) ? Math.max(0, remainingMs - HTTP_LIMIT_MS + waitedMs(event, clock.now())) : 0;
    return remaining() - overMs;
  };
  return { ...context, getRemainingTimeInMillis };
}

/** How long a front has waited already, by what it says of its request; 0 for what cannot be right. Milliseconds. */
function waitedMs({ requestContext }: Fields, nowMs: number): number {
  // An HTTP API and a function URL call it by the first name, a REST API by the second.
  const { timeEpoch, requestTimeEpoch = timeEpoch } = fieldsOf(requestContext);
  const ageMs = nowMs - Number(requestTimeEpoch ?? nowMs);
  return ageMs > 0 && ageMs <= MAX_START_MS ? ageMs : 0;
}

/** One line for each invocation; an answer over HTTP carries the id under which that line is found. */
function log(name: string, source: Startup): Middleware {
  const lines = createInvocationLog(name, source);
  const end: Middleware['after'] = (request) => {
    const { invocation } = request.internal;
    if (invocation === undefined) return;
    lines.end(invocation, request.error ? toFunctionError(request.error) : undefined);
    if (invocation.http && isHttpReply(request.response))
      request.response = withCorrelationId(request.response, invocation.correlationId);
  };
  return {
    before({ event, context, internal }) {
      internal.invocation = lines.begin(event, context);
    },
    after: end,
    onError: end,
  };
}

/** Nothing may be in flight when the container is frozen. */
function settle(source: Startup): Middleware {
  const wait: Middleware['after'] = ({ context }) => {
    const idle = 'container' in source ? source.container.conjur.idle() : undefined;
    return idle && untilTimeIsOver(idle, context);
  };
  return { after: wait, onError: wait };
}

/** A login that hangs must not cost the answer, which has to leave before Lambda ends the function. */
async function untilTimeIsOver(idle: Promise<void>, context: Context): Promise<void> {
  const remainingMs = context.getRemainingTimeInMillis();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, remainingMs - LAST_GUARD_MS));
  });
  await Promise.race([idle, over]);
  clearTimeout(timer);
}

/** Every failure is one of the documented codes; over HTTP it is a problem document. */
function problem(): Middleware {
  return {
    onError(request) {
      const error = toFunctionError(request.error);
      // middy throws what stands here unless there is a response.
      request.error = error;
      if (request.internal.invocation?.http) request.response = problemReply(error);
    },
  };
}

/** The handler gets the call that the event stands for. */
function parse<Request, Answer, Deps extends CallSettings>(
  definition: FunctionDefinition<Request, Answer, Deps>,
  source: Startup,
): Middleware {
  let deps: Deps | undefined;
  return {
    before(middyRequest) {
      if ('fault' in source) throw source.fault;
      const { container } = source;
      const { event, context, internal } = middyRequest;
      const http = isHttpEvent(event);
      const deadline = toDeadline(container, context);
      const take = (request: Request): void => {
        const { invocation } = internal;
        if (invocation !== undefined) invocation.call = definition.describe(request, container);
        middyRequest.event = new Call(async () => {
          deps ??= definition.connect(container);
          const answer = await definition.handle(withCaller(deps, event), request, deadline, invocation?.correlationId);
          return http ? definition.toReply(request, answer) : definition.toDirect(request, answer);
        });
      };
      const parsed = http ? definition.parseHttp(parseHttpEvent(event)) : definition.parseDirect(event);
      // What is at hand is not waited for.
      return parsed instanceof Promise ? parsed.then(take) : take(parsed);
    },
  };
}

function toDeadline({ clock }: Container, context: Context): Deadline {
  return new Deadline(clock, context.getRemainingTimeInMillis() - DEADLINE_MARGIN_MS);
}

function isHttpReply(response: unknown): response is HttpReply {
  return typeof response === 'object' && response !== null && 'statusCode' in response && 'headers' in response;
}

function withCorrelationId(reply: HttpReply, correlationId: string | undefined): HttpReply {
  if (correlationId === undefined) return reply;
  return { ...reply, headers: { ...reply.headers, 'x-correlation-id': correlationId } };
}

/**
 * Gets the first session token while the container starts, where the processor is at full speed and the time is free. A failure is
 * not fatal: the first call tries again, and tells its caller.
 */
export async function warmUp(source: Startup): Promise<void> {
  if (!('container' in source)) return;
  const { conjur, clock, logger } = source.container;
  try {
    await conjur.authenticate({ deadline: new Deadline(clock, WARM_UP_MS) });
  } catch (error) {
    logger.warn('No session token could be got at the start; the first call tries again.', {
      code: toFunctionError(error).code,
    });
  }
}

function toFunctionError(error: unknown): FunctionError {
  if (isFunctionError(error)) return error;
  return new ConjurError(
    'internal',
    'The function failed in a way that it should not. Its log says where; please report it.',
    { cause: error },
  );
}

import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { Deadline, deadlineExceeded } from '../../lib/deadline.ts';
import { ConjurError, isConjurError } from '../../lib/errors.ts';
import type { Container, ContainerOrFault } from './container.ts';
import type { HttpCall } from './http.ts';
import { type HttpReply, isHttpEvent, parseHttpEvent, problemReply } from './http.ts';
import { createInvocationLog, type Invocation } from './invocation-log.ts';

/** A function in three parts: what a call asks for, what is done, and how the answer looks over HTTP. */
export interface FunctionDefinition<Request, Answer> {
  /** As in serverless.yml. */
  readonly name: string;
  /** @throws ConjurError `invalid_request` */
  readonly parseHttp: (call: HttpCall) => Request;
  /** @throws ConjurError `invalid_request` */
  readonly parseDirect: (payload: unknown) => Request;
  readonly handle: (container: Container, request: Request, deadline: Deadline) => Promise<Answer>;
  readonly toReply: (request: Request, answer: Answer) => HttpReply;
  /** What a direct invocation gets. */
  readonly toDirect: (request: Request, answer: Answer) => unknown;
  /** What the log may say of a request: kind and names, no values. */
  readonly describe: (request: Request) => Record<string, unknown>;
}

/** Time kept back from the invocation's own, for the answer to be sent: milliseconds. */
const DEADLINE_MARGIN_MS = 300;
/** By then an answer goes out, whatever is still being waited for: a last guard behind every deadline. Milliseconds. */
const LAST_GUARD_MS = 100;
/** Where the invocation does not say how long it may take. */
const DEFAULT_REMAINING_MS = 30_000;
/** How long the start may wait for a first session token, of the 10 s that Lambda gives it. */
const WARM_UP_MS = 2_500;

/** An HTTP API gives up after 30 seconds, whatever the function's own time. Milliseconds. */
const HTTP_LIMIT_MS = 29_000;

export type Handler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * Builds the handler. HTTP calls get every failure as a problem document; direct ones get it thrown, with the code's name as
 * `errorType`. Either way one line in the log says what was done.
 */
export function createFunction<Request, Answer>(
  definition: FunctionDefinition<Request, Answer>,
  source: ContainerOrFault,
): Handler {
  const guard = { timeoutEarlyInMillis: LAST_GUARD_MS, timeoutEarlyResponse: runOut };
  const log = createInvocationLog(definition.name, source);
  const invocations = new WeakMap<Context, Invocation>();
  const handler = middy<unknown, unknown, Error, Context>(guard)
    // The first is the last on the way back: by then all is settled, and the answer is what the caller gets.
    .use({ before: begin, after: finish, onError: finish })
    .use({ after: settle, onError: settle })
    .use({ onError: answerHttpError })
    .handler((event: unknown, context: Context) => {
      if ('fault' in source) throw source.fault;
      return serve(definition, source.container, event, context, invocations.get(context));
    });
  return (event, context) => handler(event, context) as Promise<unknown>;

  function runOut(): never {
    throw deadlineExceeded('answering');
  }

  function begin({ event, context }: MiddyRequest): void {
    invocations.set(context, log.begin(event, context));
  }

  function finish(request: MiddyRequest): void {
    const invocation = invocations.get(request.context);
    if (invocation === undefined) return;
    log.end(invocation, request.error ? toConjurError(request.error) : undefined);
    if (isHttpReply(request.response)) request.response = withCorrelationId(request.response, invocation.correlationId);
  }

  /** Nothing may be in flight when the container is frozen. */
  function settle(): Promise<void> | undefined {
    return 'container' in source ? source.container.conjur.settled() : undefined;
  }

  function answerHttpError(request: MiddyRequest): void {
    const error = toConjurError(request.error);
    // middy throws what stands here unless there is a response.
    request.error = error;
    if (isHttpEvent(request.event)) request.response = problemReply(error);
  }
}

/** What middy hands to its hooks, as far as they are ours. */
interface MiddyRequest {
  readonly event: unknown;
  readonly context: Context;
  error: Error | null;
  response?: unknown;
}

async function serve<Request, Answer>(
  definition: FunctionDefinition<Request, Answer>,
  container: Container,
  event: unknown,
  context: Context,
  invocation: Invocation | undefined,
): Promise<unknown> {
  const http = isHttpEvent(event);
  const limitMs = http ? HTTP_LIMIT_MS : Number.POSITIVE_INFINITY;
  const deadline = new Deadline(container.clock, Math.min(remainingMs(context), limitMs) - DEADLINE_MARGIN_MS);
  const request = http ? definition.parseHttp(parseHttpEvent(event)) : definition.parseDirect(event);
  if (invocation !== undefined) invocation.call = definition.describe(request);
  const answer = await definition.handle(container, request, deadline);
  return http ? definition.toReply(request, answer) : definition.toDirect(request, answer);
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
export async function warmUp(source: ContainerOrFault): Promise<void> {
  if (!('container' in source)) return;
  const { conjur, clock, logger } = source.container;
  try {
    await conjur.authenticate({ deadline: new Deadline(clock, WARM_UP_MS) });
  } catch (error) {
    logger.warn('No session token could be got at the start; the first call tries again.', {
      code: toConjurError(error).code,
    });
  }
}

function remainingMs(context: Context | undefined): number {
  return context?.getRemainingTimeInMillis?.() ?? DEFAULT_REMAINING_MS;
}

function toConjurError(error: unknown): ConjurError {
  if (isConjurError(error)) return error;
  return new ConjurError(
    'internal',
    'The function failed in a way that it should not. Its log says where; please report it.',
    { cause: error },
  );
}

import type { Context } from 'aws-lambda';
import { isConjurError } from '../../lib/errors.ts';
import type { AttemptReport, HeldBackReport } from '../../lib/http/request.ts';
import type { LogFields } from '../../lib/logger.ts';
import type { FunctionError } from '../contract/error-codes.ts';
import type { Startup } from './container.ts';
import { type Fields, fieldsOf, headerOf, isHttpEvent } from './http.ts';
import { createFunctionEmf, type EmfMetric, parseTrace } from './log.ts';

/** In every line, beside the name of the function: Powertools' key for what belongs together. */
const SERVICE = 'conjur-functions';
const HEADER = 'x-correlation-id';
/** What is safe in a log line and a header, and long enough for any id that is in use. */
const CORRELATION_ID = /^[\w.:=/+-]{1,128}$/;

/**
 * The id under which a call is found in the logs of all that took part in it: the caller's own (header `x-correlation-id`, or in a direct
 * invocation the client context's `custom`), else API Gateway's, else Lambda's.
 */
export function parseCorrelationId(event: unknown, context: Partial<Context>): string | undefined {
  const candidates = isHttpEvent(event)
    ? [headerOf(fieldsOf(event.headers), HEADER), fieldsOf(event.requestContext).requestId]
    : [customOf(context)[HEADER]];
  return candidates.find(isCorrelationId) ?? context.awsRequestId;
}

function isCorrelationId(value: unknown): value is string {
  return typeof value === 'string' && CORRELATION_ID.test(value);
}

/** Node's runtime gives the client context as it was sent; the SDKs write `custom`, the type declares `Custom`. */
function customOf(context: Partial<Context>): Fields {
  const clientContext = fieldsOf(context.clientContext);
  return fieldsOf(clientContext.custom ?? clientContext.Custom);
}

/** What is known of an invocation while it runs. */
export interface Invocation {
  readonly startedMs: number;
  readonly coldStart: boolean;
  readonly http: boolean;
  readonly requestId: string | undefined;
  readonly correlationId: string | undefined;
  /** API Gateway's id of the request, under which it stands in the access log. No caller can choose it. */
  readonly apiRequestId: string | undefined;
  /** Who called, by the authorizer. Undefined for a direct invocation: Lambda does not say, CloudTrail does, under `requestId`. */
  readonly caller: string | undefined;
  /** What is asked for: kind and names. Undefined until the request was understood. */
  call: LogFields | undefined;
}

export interface InvocationLog {
  begin(event: unknown, context: Partial<Context>): Invocation;
  /** Writes the one line of the invocation. */
  end(invocation: Invocation, error: FunctionError | undefined): void;
}

/**
 * Writes one line for each invocation, in Powertools' keys where they mean the same
 * (https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/#standard-structured-keys): what was done, how it ended, how long Conjur took, retries, the token's age; and in the same line
 * the metrics that the alarms watch. Never a value.
 */
export function createInvocationLog(functionName: string, source: Startup): InvocationLog {
  const { clock, logger } = 'container' in source ? source.container : source;
  const toEmf = createFunctionEmf(functionName);
  let cold = true;
  return {
    begin(event, context) {
      const coldStart = cold;
      cold = false;
      // What the start of the container, or a refresh beside the last call, sent to Conjur is not this call's.
      takeAttempts(source);
      takeHeldBack(source);
      takeRefreshFailure(source);
      return {
        startedMs: clock.now(),
        coldStart,
        http: isHttpEvent(event),
        requestId: context.awsRequestId,
        correlationId: parseCorrelationId(event, context),
        apiRequestId: parseApiRequestId(event),
        caller: parseCaller(event),
        call: undefined,
      };
    },
    end(invocation, error) {
      const sent = summarize(takeAttempts(source));
      const heldBack = takeHeldBack(source);
      const refreshFailure = takeRefreshFailure(source);
      const loginRefused = isRefusedLogin(error) || isRefusedLogin(refreshFailure);
      const metrics = toMetrics(invocation, { ...sent, heldBack: heldBack.length }, error, loginRefused);
      const nowMs = clock.now();
      const cause = error !== undefined && error.status >= 500 ? causeOf(error) : undefined;
      const held = heldBack.length === 0 ? undefined : countHeldBack(heldBack);
      const fields = {
        // First, since an object is copied far faster than its fields are added to another one.
        ...invocation.call,
        service: SERVICE,
        function: functionName,
        function_request_id: invocation.requestId,
        apiRequestId: invocation.apiRequestId,
        correlationId: invocation.correlationId,
        caller: invocation.caller,
        xray_trace_id: parseTrace(process.env._X_AMZN_TRACE_ID)?.traceId,
        outcome: error?.code ?? 'ok',
        status: error?.status,
        cause: cause?.name,
        at: cause?.at,
        durationMs: nowMs - invocation.startedMs,
        conjurRequests: sent.conjurRequests,
        conjurMs: sent.conjurMs,
        retries: sent.retries,
        heldBackByCircuit: held?.byCircuit,
        heldBackByRetryBudget: held?.byRetryBudget,
        tokenAgeMs: 'container' in source ? source.container.conjur.tokenAgeMs() : undefined,
        cold_start: invocation.coldStart,
      };
      const emf = metrics.length === 0 ? undefined : toEmf(metrics, nowMs);
      if (error === undefined) logger.info('done', fields, emf);
      else if (error.status >= 500) logger.error(error.message, fields, emf);
      else logger.info(error.message, fields, emf);
    },
  };
}

function takeAttempts(source: Startup): AttemptReport[] {
  return 'container' in source ? source.container.takeAttempts() : [];
}

function takeHeldBack(source: Startup): HeldBackReport[] {
  return 'container' in source ? source.container.takeHeldBack() : [];
}

/** Why, and how many requests: what an operator has to know where Conjur was not asked, or not asked again. */
function countHeldBack(reports: readonly HeldBackReport[]) {
  const byCircuit = reports.filter(({ by }) => by === 'circuit').length;
  const byRetryBudget = reports.length - byCircuit;
  return { byCircuit: byCircuit || undefined, byRetryBudget: byRetryBudget || undefined };
}

function takeRefreshFailure(source: Startup): unknown {
  return 'container' in source ? source.container.takeRefreshFailure() : undefined;
}

/** Of a call, or of a refresh beside it: then no call fails yet, and will as soon as the old token has expired. */
function isRefusedLogin(error: unknown): boolean {
  return isConjurError(error, 'authentication_failed');
}

/** What an invocation sent to Conjur, as its line says it. */
interface Sent {
  readonly conjurRequests: number;
  readonly conjurMs: number;
  readonly retries: number;
}

function summarize(attempts: readonly AttemptReport[]): Sent {
  let conjurMs = 0;
  let retries = 0;
  for (const { durationMs, attempt } of attempts) {
    conjurMs += durationMs;
    if (attempt > 1) retries += 1;
  }
  return { conjurRequests: attempts.length, conjurMs, retries };
}

/** Name and place of what went wrong underneath; its message may hold anything, and stays out. */
function causeOf({ cause }: FunctionError) {
  if (!(cause instanceof Error)) return undefined;
  const lines = cause.stack?.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { name: cause.name, at: lines?.slice(0, 5) };
}

const once = (name: string): EmfMetric => ({ name, unit: 'Count', value: 1 });
const AUTHENTICATION_FAILED = once('AuthenticationFailed');
const FAULTS = once('Faults');
const THROWN = once('Thrown');

/**
 * Only what happened: the alarms take what is missing for nothing, and CloudWatch asks a price for every metric. What no alarm watches
 * and the line says anyway (cold starts, retries) is no metric.
 */
function toMetrics(
  { call, http }: Invocation,
  { conjurRequests, conjurMs, heldBack }: Sent & { readonly heldBack: number },
  error: FunctionError | undefined,
  loginRefused: boolean,
): readonly EmfMetric[] {
  const metrics: EmfMetric[] = [];
  if (loginRefused) metrics.push(AUTHENTICATION_FAILED);
  if (conjurRequests > 0) metrics.push({ name: 'ConjurTime', unit: 'Milliseconds', value: conjurMs });
  if (heldBack > 0) metrics.push({ name: 'HeldBack', unit: 'Count', value: heldBack });
  // The heartbeat: a schedule makes this call, and its alarm rings when it is not there.
  if (!http && call?.call === 'health')
    metrics.push({ name: 'ConjurReachable', unit: 'Count', value: error === undefined ? 1 : 0 });
  if (error !== undefined && error.status >= 500) metrics.push(FAULTS);
  // Lambda counts what is thrown to a direct caller as an error of the function.
  if (error !== undefined && !http) metrics.push(THROWN);
  return metrics;
}

/** What an ARN, a subject or a request id may be as long as in a log line. */
const MAX_LENGTH = 512;

/** API Gateway's id of the request, or a function URL's; undefined for a direct invocation. */
export function parseApiRequestId(event: unknown): string | undefined {
  return isHttpEvent(event) ? toText(fieldsOf(event.requestContext).requestId) : undefined;
}

/**
 * Who made a request, as the authorizer found out, and not as a header says: the ARN of the IAM identity, the subject of the token, or what
 * the Lambda authorizer calls the principal. Undefined for a direct invocation.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function parseCaller(event: unknown): string | undefined {
  if (!isHttpEvent(event)) return undefined;
  const context = fieldsOf(event.requestContext);
  const authorizer = fieldsOf(context.authorizer);
  const jwt = fieldsOf(fieldsOf(authorizer.jwt).claims);
  const claims = fieldsOf(authorizer.claims);
  const lambda = fieldsOf(authorizer.lambda);
  // Every call comes here: what is found ends the search, and nothing is made for it.
  return (
    toText(fieldsOf(authorizer.iam).userArn) ??
    toText(jwt.sub) ??
    toText(claims.sub) ??
    toText(jwt.client_id) ??
    toText(claims.client_id) ??
    toText(lambda.principalId) ??
    toText(lambda.sub) ??
    toText(authorizer.principalId) ??
    toText(authorizer.sub) ??
    // REST APIs with IAM.
    toText(fieldsOf(context.identity).userArn)
  );
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_LENGTH) : undefined;
}

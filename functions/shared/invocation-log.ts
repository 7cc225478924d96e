import type { Context } from 'aws-lambda';
import { type ConjurError, isConjurError } from '../../lib/errors/conjur-error.ts';
import type { LogFields } from '../../lib/logger.ts';
import type { AttemptReport } from '../../lib/transport/conjur-request.ts';
import type { ContainerOrFault } from './container.ts';
import { type EmfMetric, METRICS_NAMESPACE, toEmf } from './emf.ts';
import { isHttpEvent } from './http/is-http-event.ts';
import { parseCorrelationId } from './parse-correlation-id.ts';

/** What is known of an invocation while it runs. */
export interface Invocation {
  readonly startedMs: number;
  readonly coldStart: boolean;
  readonly http: boolean;
  readonly requestId: string | undefined;
  readonly correlationId: string | undefined;
  /** What is asked for: kind and names. Undefined until the request was understood. */
  call: LogFields | undefined;
}

export interface InvocationLog {
  begin(event: unknown, context: Partial<Context>): Invocation;
  /** Writes the one line of the invocation. */
  end(invocation: Invocation, error: ConjurError | undefined): void;
}

/**
 * Writes one line for each invocation: what was done, how it ended, how long Conjur took, retries, the token's age; and in the same line
 * the metrics that the alarms watch. Never a value.
 */
export function createInvocationLog(functionName: string, source: ContainerOrFault): InvocationLog {
  const { clock, logger } = 'container' in source ? source.container : source;
  let cold = true;
  return {
    begin(event, context) {
      const coldStart = cold;
      cold = false;
      // What the start of the container, or a refresh beside the last call, sent to Conjur is not this call's.
      takeAttempts(source);
      takeRefreshFailure(source);
      return {
        startedMs: clock.now(),
        coldStart,
        http: isHttpEvent(event),
        requestId: context.awsRequestId,
        correlationId: parseCorrelationId(event, context),
        call: undefined,
      };
    },
    end(invocation, error) {
      const attempts = takeAttempts(source);
      const failures = [error, takeRefreshFailure(source)];
      const nowMs = clock.now();
      const fields = {
        function: functionName,
        requestId: invocation.requestId,
        correlationId: invocation.correlationId,
        traceId: process.env._X_AMZN_TRACE_ID,
        ...invocation.call,
        ...(error === undefined ? { outcome: 'ok' } : toFailure(error)),
        durationMs: nowMs - invocation.startedMs,
        ...toConjurFields(attempts),
        tokenAgeMs: 'container' in source ? source.container.conjur.tokenAgeMs() : undefined,
        coldStart: invocation.coldStart,
        ...toMetricFields(functionName, toMetrics(invocation, attempts, error, failures.some(isRefusedLogin)), nowMs),
      };
      if (error === undefined) logger.info('done', fields);
      else if (error.status >= 500) logger.error(error.message, fields);
      else logger.info(error.message, fields);
    },
  };
}

function takeAttempts(source: ContainerOrFault): AttemptReport[] {
  return 'container' in source ? source.container.takeAttempts() : [];
}

function takeRefreshFailure(source: ContainerOrFault): unknown {
  return 'container' in source ? source.container.takeRefreshFailure() : undefined;
}

/** Of a call, or of a refresh beside it: then no call fails yet, and will as soon as the old token has expired. */
function isRefusedLogin(error: unknown): boolean {
  return isConjurError(error, 'authentication_failed');
}

function toConjurFields(attempts: readonly AttemptReport[]): LogFields {
  return {
    conjurRequests: attempts.length,
    conjurMs: sumOfMs(attempts),
    retries: countRetries(attempts),
  };
}

function toFailure(error: ConjurError): LogFields {
  const failure = { outcome: error.code, status: error.status };
  return error.status >= 500 ? { ...failure, ...causeOf(error) } : failure;
}

/** Name and place of what went wrong underneath; its message may hold anything, and stays out. */
function causeOf({ cause }: ConjurError): LogFields {
  if (!(cause instanceof Error)) return {};
  const lines = cause.stack?.split('\n').filter((line) => line.trimStart().startsWith('at '));
  return { cause: cause.name, at: lines?.slice(0, 5) };
}

const ONE: EmfMetric = { value: 1, unit: 'Count' };

/** Only what happened: the alarms take what is missing for nothing, and CloudWatch asks a price for every metric. */
function toMetrics(
  { coldStart, http }: Invocation,
  attempts: readonly AttemptReport[],
  error: ConjurError | undefined,
  loginRefused: boolean,
): Record<string, EmfMetric> {
  const metrics: Record<string, EmfMetric> = {};
  if (loginRefused) metrics.AuthenticationFailed = ONE;
  if (coldStart) metrics.ColdStart = ONE;
  if (attempts.length > 0) {
    metrics.ConjurTime = { value: sumOfMs(attempts), unit: 'Milliseconds' };
    metrics.Retries = { value: countRetries(attempts), unit: 'Count' };
  }
  if (error === undefined) return metrics;
  if (error.status >= 500) metrics.Faults = ONE;
  // Lambda counts what is thrown to a direct caller as an error of the function.
  if (!http) metrics.Thrown = ONE;
  return metrics;
}

function toMetricFields(functionName: string, metrics: Record<string, EmfMetric>, nowMs: number): LogFields {
  if (Object.keys(metrics).length === 0) return {};
  const dimensions = { function_name: process.env.AWS_LAMBDA_FUNCTION_NAME ?? functionName };
  return toEmf(METRICS_NAMESPACE, dimensions, metrics, nowMs);
}

function sumOfMs(attempts: readonly AttemptReport[]): number {
  return attempts.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function countRetries(attempts: readonly AttemptReport[]): number {
  return attempts.filter(({ attempt }) => attempt > 1).length;
}

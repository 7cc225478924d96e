import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { findExpressionFault, parseRateMs } from './schedule-expression.ts';

/** The alarm looks at periods of five minutes: a rarer heartbeat would ring by itself. */
const MAX_INTERVAL_MS = 300_000;

/**
 * How often a schedule asks read-secret whether Conjur is there, by the parameter `heartbeat`; undefined where it is `off`.
 * @throws Error for anything but a rate of at most five minutes
 */
export async function resolveHeartbeat(context: ResolverContext): Promise<string | undefined> {
  const rate = (await resolveParam(context, 'heartbeat')) ?? 'rate(5 minutes)';
  if (rate === 'off') return undefined;
  const intervalMs = findExpressionFault(rate, 'EventBridge Scheduler') === undefined ? parseRateMs(rate) : undefined;
  if (intervalMs !== undefined && intervalMs <= MAX_INTERVAL_MS) return rate;
  throw new Error('The parameter heartbeat must be off, or a rate of at most 5 minutes, such as rate(5 minutes).');
}

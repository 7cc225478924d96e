import { parseRateMs } from './schedule-expression.ts';

/** By `npm run deploy`: the schedules of the stack as it is deployed, by logical id, as JSON. */
export const DEPLOYED_SCHEDULES_VARIABLE = 'CONJUR_FUNCTIONS_DEPLOYED_SCHEDULES';

/** Properties of an `AWS::Scheduler::Schedule`. */
export type ScheduleProperties = Readonly<Record<string, unknown>>;

/** Schedules of the stack as it is deployed, by logical id. */
export type DeployedSchedules = Readonly<Record<string, ScheduleProperties>>;

/** EventBridge Scheduler takes no start that has passed, and a deployment takes a while until it makes the schedule. */
const MARGIN_MS = 3_600_000;

/**
 * The properties with their `StartDate`. EventBridge Scheduler fires a `rate(…)` for the first time when it is created: a first deployment
 * would rotate with the placeholder for a credential, and a new entry at once. So a new one begins one interval from now. One that is
 * deployed keeps its rhythm: with another start at every deployment it would never fire where deployments are more frequent.
 * @param start of the entry, if it has one
 * @param deployed the schedule as it is deployed; undefined for a new one
 */
export function withStartDate(
  properties: ScheduleProperties,
  { start, deployed, nowMs }: { start: string | undefined; deployed: ScheduleProperties | undefined; nowMs: number },
): ScheduleProperties {
  if (deployed !== undefined && isUnchanged(properties, deployed, start)) return deployed;
  const intervalMs = parseRateMs(String(properties.ScheduleExpression));
  if (intervalMs === undefined && start === undefined) return properties;
  const sameRhythm = deployed?.ScheduleExpression === properties.ScheduleExpression ? deployed?.StartDate : undefined;
  const first = start ?? sameRhythm;
  const firstMs = first === undefined ? nowMs + (intervalMs ?? 0) : Date.parse(String(first));
  const startMs = toFuture(firstMs, intervalMs, nowMs);
  return startMs === undefined ? properties : { ...properties, StartDate: toIso(startMs) };
}

/** Nothing is sent to the scheduler then, so that its start may have passed. */
function isUnchanged(properties: ScheduleProperties, deployed: ScheduleProperties, start: string | undefined): boolean {
  const { StartDate: startDate, ...rest } = deployed;
  if (start !== undefined && startDate !== toIso(Date.parse(start))) return false;
  return JSON.stringify(sorted(rest)) === JSON.stringify(sorted(properties));
}

/** Whole intervals later. A `cron(…)` whose start has passed needs none. */
function toFuture(firstMs: number, intervalMs: number | undefined, nowMs: number): number | undefined {
  if (firstMs > nowMs + MARGIN_MS) return firstMs;
  if (intervalMs === undefined) return undefined;
  // A rate of minutes is due again within the margin: it begins after it, and not at once.
  const missed = Math.floor((nowMs + MARGIN_MS - firstMs) / intervalMs) + 1;
  return firstMs + missed * intervalMs;
}

/** Without milliseconds, as CloudFormation's examples have it. */
function toIso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sorted(child)]),
  );
}

/** @throws Error where the variable holds no such JSON */
export function parseDeployedSchedules(text: string | undefined): DeployedSchedules {
  if (text === undefined || text === '') return {};
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as DeployedSchedules;
  throw new Error(`${DEPLOYED_SCHEDULES_VARIABLE} must hold a JSON object.`);
}

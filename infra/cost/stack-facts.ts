import { METRICS_NAMESPACE } from '../../functions/runtime/log.ts';
import { resourcesOf, type Template } from '../deploy/template.ts';
import { parseRateMs } from '../stack/schedule-expression.ts';

/** AWS's month: 730 hours. */
export const MONTH_HOURS = 730;
const HOUR_MS = 3_600_000;

/** What a stack has that costs by the month, counted in its template. */
export interface StackFacts {
  readonly secrets: number;
  readonly kmsKeys: number;
  readonly alarms: number;
  /** Metrics that alarms watch: an alarm over several pays for each. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
  /** Metrics of the functions' own that an alarm watches or the dashboard shows: the most that can be written. */
  readonly ownMetrics: number;
  readonly architecture: 'arm64' | 'x86_64';
  /** Name of read-secret in the account. */
  readonly readFunctionName: string;
  readonly logRetentionDays: number;
  /** Format of the HTTP API's access log; undefined without an HTTP API. */
  readonly accessLogFormat: string | undefined;
  /** Calls a month that schedules make: of read-secret, whether Conjur is there; of rotate-key, how old a key is. */
  readonly heartbeats: number;
  readonly keyAgeLooks: number;
  /** Credentials whose age is looked at, each a metric. */
  readonly keyAges: number;
}

type Properties = Readonly<Record<string, unknown>>;

/** @throws Error where the template is not of this project's stack */
export function countStack(template: Template): StackFacts {
  const of = (type: string): Properties[] => resourcesOf(template, type).map(([, properties]) => properties);
  const alarms = of('AWS::CloudWatch::Alarm');
  const read = of('AWS::Lambda::Function').find(({ FunctionName }) => String(FunctionName).endsWith('-read-secret'));
  if (read === undefined) throw new Error('The template has no function read-secret.');
  const watched = alarms.map(listWatched);
  const schedules = of('AWS::Scheduler::Schedule').map((schedule) => ({
    perMonth: countRuns(String(schedule.ScheduleExpression)),
    input: JSON.stringify((schedule.Target as Properties | undefined)?.Input ?? ''),
  }));
  const heartbeats = schedules.filter(({ input }) => input.includes('health'));
  const ages = schedules.filter(({ input }) => input.includes('key_age'));
  return {
    secrets: of('AWS::SecretsManager::Secret').length,
    kmsKeys: of('AWS::KMS::Key').length,
    alarms: alarms.length,
    alarmMetrics: watched.flat().length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    ownMetrics: countOwn(watched.flat(), of('AWS::CloudWatch::Dashboard')),
    architecture: (read.Architectures as string[] | undefined)?.[0] === 'arm64' ? 'arm64' : 'x86_64',
    readFunctionName: String(read.FunctionName),
    logRetentionDays: Number(of('AWS::Logs::LogGroup')[0]?.RetentionInDays ?? 30),
    accessLogFormat: findAccessLogFormat(of('AWS::ApiGatewayV2::Stage')),
    heartbeats: sum(heartbeats.map(({ perMonth }) => perMonth)),
    keyAgeLooks: sum(ages.map(({ perMonth }) => perMonth)),
    keyAges: ages.length,
  };
}

interface Watched {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

function listWatched(alarm: Properties): Watched[] {
  const metrics = (alarm.Metrics ?? []) as { readonly MetricStat?: { readonly Metric: Watched } }[];
  return metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
}

/** Each name with each set of dimensions is a metric. The dashboard writes `["namespace","name","dimension","value",…]`. */
function countOwn(watched: readonly Watched[], dashboards: readonly Properties[]): number {
  const own = watched
    .filter(({ Namespace }) => Namespace === METRICS_NAMESPACE)
    .map(({ MetricName, Dimensions }) => [MetricName, ...Dimensions.flatMap(({ Name, Value }) => [Name, Value])]);
  const shown = dashboards.flatMap(({ DashboardBody }) => findArrays(parseBody(DashboardBody)));
  const drawn = shown
    .filter(([namespace]) => namespace === METRICS_NAMESPACE)
    .map((row) => row.slice(1).filter((cell) => typeof cell === 'string'));
  return new Set([...own, ...drawn].map((metric) => JSON.stringify(metric))).size;
}

/** The body is a text, or a text in which CloudFormation puts values. */
function parseBody(body: unknown): unknown {
  const text = typeof body === 'object' && body !== null && 'Fn::Sub' in body ? body['Fn::Sub'] : body;
  return JSON.parse(String(Array.isArray(text) ? text[0] : text));
}

function findArrays(value: unknown): unknown[][] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(findArrays);
  return Array.isArray(value) ? [value, ...inside] : inside;
}

function findAccessLogFormat(stages: readonly Properties[]): string | undefined {
  const format = stages.map(({ AccessLogSettings }) => (AccessLogSettings as Properties | undefined)?.Format)[0];
  return format === undefined ? undefined : String(format);
}

/** A cron runs seldom enough here to be one a month. */
function countRuns(expression: string): number {
  const intervalMs = parseRateMs(expression);
  return intervalMs === undefined ? 1 : (MONTH_HOURS * HOUR_MS) / intervalMs;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

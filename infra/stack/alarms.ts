import { toSecretName } from '../../functions/rotate-key/report.ts';
import { FUNCTION_NAMES } from '../build/function-names.ts';
import { resolveAlarmActions } from './alarm-actions.ts';
import { type Credential, credentialOf, resolveCredentials } from './credential.ts';
import { resolveRotatedCredentials } from './credential-rotation.ts';
import { resolveHeartbeat } from './heartbeat.ts';
import { apiMetric, lambdaMetric, type Metric, ownMetric, queueMetric } from './metric.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { resolveRotations } from './rotation-schedules.ts';
import { hasHttpApi } from './routes.ts';
import { resolveRunbook } from './runbook.ts';
import { needsOwnCredential, rotatesCredential } from './scheduled-secrets.ts';

interface Alarm {
  /** Ends the alarm's name, and is its heading in docs/operations.md. */
  readonly name: string;
  readonly description: string;
  /** Metric math over the ids of `metrics`. */
  readonly expression: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  readonly rings: 'above' | 'below';
  readonly threshold: number;
  readonly periodSeconds?: number;
  /** Of so many periods one after the other; default 1. */
  readonly periods?: number;
  /** So many must be bad; default all of them. */
  readonly badPeriods?: number;
  /** What a period without data means: nothing wrong, the same as before, or that what should tell has stopped. Default: nothing wrong. */
  readonly silence?: 'notBreaching' | 'ignore' | 'breaching';
}

/** What a stack has that can be watched. */
export interface Watched {
  /** `conjur-functions-prod`. */
  readonly stack: string;
  readonly maxAgeDays: number;
  /** Credentials that are rotated: the end of the alarm's name (`''` for the first of old), and the name of the secret. */
  readonly rotated: readonly { readonly suffix: string; readonly secretName: string }[];
  readonly hasHttpApi: boolean;
  readonly hasHeartbeat: boolean;
}

const FIVE_MINUTES = 300;
const DAY_SECONDS = 86_400;
/** A caller's bad minute may be one of many calls; an outage is most of them, also of few. */
const MAX_ERROR_PERCENT = 5;

/** The alarms of the stack. docs/operations.md says what each means and what to do. */
export async function resolveAlarms(context: ResolverContext): Promise<{ Resources: Record<string, unknown> }> {
  const watched = await resolveWatched(context);
  const actions = await resolveAlarmActions(context);
  const toRunbook = await resolveRunbook(context);
  const entries = listAlarms(watched).map((alarm) => [
    toLogicalId(alarm.name),
    toResource(watched.stack, alarm, { actions, runbook: toRunbook(alarm.name) }),
  ]);
  return { Resources: Object.fromEntries(entries) };
}

async function resolveWatched(context: ResolverContext): Promise<Watched> {
  const [service, stage] = [await context.resolveVariable('self:service'), await context.resolveVariable('sls:stage')];
  const rotated = await listRotated(context);
  return {
    stack: `${service}-${stage}`,
    maxAgeDays: Number((await resolveParam(context, 'max_key_age_days')) ?? 45),
    rotated: rotated.map((credential) => ({
      suffix: credential.name.replace(/^credential\/?/, ''),
      secretName: nameOf(credential, `${service}/${stage}`),
    })),
    hasHttpApi: await hasHttpApi(context),
    hasHeartbeat: (await resolveHeartbeat(context)) !== undefined,
  };
}

/** Where rotation is off, an age that grows is no fault. */
async function listRotated(context: ResolverContext): Promise<Credential[]> {
  const bySecretsManager = (await resolveRotatedCredentials(context)).map(({ credential }) => credential);
  const rotations = await resolveRotations(context);
  const bySchedule = rotations.some(
    (rotation) => rotation.enabled && rotatesCredential(rotation) && needsOwnCredential(rotation),
  );
  const own = credentialOf(await resolveCredentials(context), 'rotate-key');
  if (!bySchedule || own === undefined || bySecretsManager.some(({ logicalId }) => logicalId === own.logicalId))
    return bySecretsManager;
  return [...bySecretsManager, own];
}

/** As rotate-key forms it for the dimension `secret`. */
function nameOf({ secretId, name }: Credential, prefix: string): string {
  return typeof secretId === 'string' ? toSecretName(secretId) : `${prefix}/${name}`;
}

/** @throws Error where the days are no positive number */
export function listAlarms(watched: Watched): Alarm[] {
  const { stack, maxAgeDays, rotated } = watched;
  if (!(maxAgeDays > 0)) throw new Error('The parameter max_key_age_days must be a number of days.');
  return [
    ...FUNCTION_NAMES.flatMap((name) => functionAlarms(stack, name)),
    ...reachabilityAlarms(watched),
    {
      name: 'rotation-failed',
      description: 'A rotation failed. Nothing is lost: the next run goes on where this one ended.',
      expression: 'failed',
      metrics: { failed: ownMetric('RotationFailed', `${stack}-rotate-key`, 'Maximum') },
      rings: 'above',
      threshold: 0,
      // Rotations are rare: a period without one is no all-clear. One that succeeds is.
      silence: 'ignore',
    },
    {
      name: 'rotation-dead-letters',
      description: 'A scheduled rotation was given up after all its repetitions.',
      expression: 'FILL(waiting, 0)',
      metrics: { waiting: queueMetric('RotationDeadLetters', 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      rings: 'above',
      threshold: 0,
    },
    ...rotated.map((credential) => ageAlarm(stack, maxAgeDays, credential)),
  ];
}

function reachabilityAlarms({ stack, hasHttpApi: api, hasHeartbeat }: Watched): Alarm[] {
  const names = FUNCTION_NAMES.map((name) => `${stack}-${name}`);
  return [
    {
      name: 'authentication-failed',
      description: 'Conjur refuses the credential of the functions, or their identity.',
      expression: names.map((_, index) => `FILL(m${index}, 0)`).join(' + '),
      metrics: Object.fromEntries(
        names.map((name, index) => [`m${index}`, ownMetric('AuthenticationFailed', name, 'Sum')]),
      ),
      rings: 'above',
      threshold: 0,
    },
    ...(hasHeartbeat ? [heartbeatAlarm(stack)] : []),
    ...(api ? [API_ALARM] : []),
  ];
}

/** The health call of the schedule: it is not there at all where read-secret cannot even start. */
function heartbeatAlarm(stack: string): Alarm {
  return {
    name: 'conjur-unreachable',
    description: 'read-secret does not reach Conjur, or is not able to say so.',
    expression: 'reachable',
    metrics: { reachable: ownMetric('ConjurReachable', `${stack}-read-secret`, 'Minimum') },
    rings: 'below',
    threshold: 1,
    periods: 3,
    silence: 'breaching',
  };
}

/** What no function sees: an authorizer that fails, an integration that is not there. */
const API_ALARM: Alarm = {
  name: 'http-api-5xx',
  description: 'The HTTP API answers with a status of 500 or above.',
  expression: 'IF(FILL(calls, 0) > 0, 100 * FILL(faults, 0) / calls, 0)',
  metrics: { faults: apiMetric('5xx', 'Sum'), calls: apiMetric('Count', 'Sum') },
  rings: 'above',
  threshold: MAX_ERROR_PERCENT,
  periods: 3,
  badPeriods: 2,
};

/** Looked at once a day, so that two days without a look are an alarm too. */
function ageAlarm(stack: string, maxAgeDays: number, { suffix, secretName }: Watched['rotated'][number]): Alarm {
  const own = ownMetric('OldestKeyAge', `${stack}-rotate-key`, 'Maximum');
  return {
    name: suffix === '' ? 'oldest-key-too-old' : `oldest-key-too-old-${suffix}`,
    description: `The key in ${secretName} is older than ${maxAgeDays} days, or nobody looks at its age: its rotation does not happen.`,
    expression: 'age',
    metrics: { age: { ...own, dimensions: { ...own.dimensions, secret: secretName } } },
    rings: 'above',
    threshold: maxAgeDays * DAY_SECONDS,
    periodSeconds: DAY_SECONDS,
    periods: 2,
    silence: 'breaching',
  };
}

function functionAlarms(stack: string, name: string): Alarm[] {
  const functionName = `${stack}-${name}`;
  return [
    {
      name: `${name}-errors`,
      description: `${name} crashed, ran out of time, or answered with a status of 500 or above.`,
      // Lambda counts what is thrown to a direct caller as an error, also where the caller asked for a secret that is not there.
      expression: 'IF(FILL(calls, 0) > 0, 100 * (FILL(errors, 0) - FILL(thrown, 0) + FILL(faults, 0)) / calls, 0)',
      metrics: {
        calls: lambdaMetric('Invocations', functionName, 'Sum'),
        errors: lambdaMetric('Errors', functionName, 'Sum'),
        thrown: ownMetric('Thrown', functionName, 'Sum'),
        faults: ownMetric('Faults', functionName, 'Sum'),
      },
      rings: 'above',
      // Rotations are few, and one that crashed tells in no other way.
      ...(name === 'rotate-key' ? { threshold: 0 } : { threshold: MAX_ERROR_PERCENT, periods: 3, badPeriods: 2 }),
    },
    {
      name: `${name}-throttles`,
      description: `Lambda rejected calls of ${name}: no concurrency was left.`,
      expression: 'FILL(throttles, 0)',
      metrics: { throttles: lambdaMetric('Throttles', functionName, 'Sum') },
      rings: 'above',
      threshold: 0,
    },
  ];
}

interface Notice {
  readonly actions: readonly string[];
  /** The section that says what to do. */
  readonly runbook: string;
}

function toResource(stack: string, alarm: Alarm, { actions, runbook }: Notice): Record<string, unknown> {
  const period = alarm.periodSeconds ?? FIVE_MINUTES;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${stack}-${alarm.name}`,
      AlarmDescription: `${alarm.description} What to do: ${runbook}`,
      Metrics: [
        { Id: 'watched', Expression: alarm.expression, Label: alarm.name, ReturnData: true },
        ...Object.entries(alarm.metrics).map(([id, { stat, ...metric }]) => ({
          Id: id,
          ReturnData: false,
          MetricStat: { Metric: toMetric(metric), Period: period, Stat: stat },
        })),
      ],
      EvaluationPeriods: alarm.periods ?? 1,
      DatapointsToAlarm: alarm.badPeriods ?? alarm.periods ?? 1,
      Threshold: alarm.threshold,
      ComparisonOperator: alarm.rings === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      TreatMissingData: alarm.silence ?? 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

function toMetric({ namespace, name, dimensions }: Omit<Metric, 'stat'>): Record<string, unknown> {
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  };
}

/** `read-secret-errors` becomes `ReadSecretErrorsAlarm`. */
function toLogicalId(name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}

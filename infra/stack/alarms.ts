import { FUNCTION_NAMES } from '../build/function-names.ts';
import { resolveAlarmActions } from './alarm-actions.ts';
import { lambdaMetric, type Metric, ownMetric, queueMetric } from './metric.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { resolveRunbook } from './runbook.ts';

interface Alarm {
  /** Ends the alarm's name, and is its heading in docs/operations.md. */
  readonly name: string;
  readonly description: string;
  /** Metric math over the ids of `metrics`. */
  readonly expression: string;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Alarms when the expression is above this. */
  readonly above: number;
  readonly periodSeconds?: number;
}

const FIVE_MINUTES = 300;
const DAY_SECONDS = 86_400;

/** The alarms of the stack. docs/operations.md says what each means and what to do. */
export async function resolveAlarms(context: ResolverContext): Promise<{ Resources: Record<string, unknown> }> {
  const stack = `${await context.resolveVariable('self:service')}-${await context.resolveVariable('sls:stage')}`;
  const maxAgeDays = Number((await resolveParam(context, 'max_key_age_days')) ?? 45);
  const actions = await resolveAlarmActions(context);
  const toRunbook = await resolveRunbook(context);
  const entries = listAlarms(stack, maxAgeDays).map((alarm) => [
    toLogicalId(alarm.name),
    toResource(stack, alarm, { actions, runbook: toRunbook(alarm.name) }),
  ]);
  return { Resources: Object.fromEntries(entries) };
}

/** @throws Error where the days are no positive number */
export function listAlarms(stack: string, maxAgeDays: number): Alarm[] {
  if (!(maxAgeDays > 0)) throw new Error('The parameter max_key_age_days must be a number of days.');
  const names = FUNCTION_NAMES.map((name) => `${stack}-${name}`);
  return [
    ...FUNCTION_NAMES.flatMap((name) => functionAlarms(stack, name)),
    {
      name: 'authentication-failed',
      description: 'Conjur refuses the credential of the functions, or their identity.',
      expression: names.map((_, index) => `FILL(m${index}, 0)`).join(' + '),
      metrics: Object.fromEntries(
        names.map((name, index) => [`m${index}`, ownMetric('AuthenticationFailed', name, 'Sum')]),
      ),
      above: 0,
    },
    {
      name: 'rotation-failed',
      description: 'A rotation failed. Nothing is lost: the next run goes on where this one ended.',
      expression: 'FILL(failed, 0)',
      metrics: { failed: ownMetric('RotationFailed', `${stack}-rotate-key`, 'Sum') },
      above: 0,
    },
    {
      name: 'rotation-dead-letters',
      description: 'A scheduled rotation was given up after all its repetitions.',
      expression: 'FILL(waiting, 0)',
      metrics: { waiting: queueMetric('RotationDeadLetters', 'ApproximateNumberOfMessagesVisible', 'Maximum') },
      above: 0,
    },
    {
      name: 'oldest-key-too-old',
      description: `The oldest key is older than ${maxAgeDays} days: its rotation does not happen.`,
      expression: 'FILL(age, 0)',
      metrics: { age: ownMetric('OldestKeyAge', `${stack}-rotate-key`, 'Maximum') },
      above: maxAgeDays * DAY_SECONDS,
      periodSeconds: DAY_SECONDS,
    },
  ];
}

function functionAlarms(stack: string, name: string): Alarm[] {
  const functionName = `${stack}-${name}`;
  return [
    {
      name: `${name}-errors`,
      description: `${name} crashed, ran out of time, or answered with a status of 500 or above.`,
      // Lambda counts what is thrown to a direct caller as an error, also where the caller asked for a secret that is not there.
      expression: 'FILL(errors, 0) - FILL(thrown, 0) + FILL(faults, 0)',
      metrics: {
        errors: lambdaMetric('Errors', functionName, 'Sum'),
        thrown: ownMetric('Thrown', functionName, 'Sum'),
        faults: ownMetric('Faults', functionName, 'Sum'),
      },
      // A caller's bad minute may be one of many calls. Rotations are few, and one that crashed tells in no other way.
      above: name === 'rotate-key' ? 0 : 4,
    },
    {
      name: `${name}-throttles`,
      description: `Lambda turned calls of ${name} away for want of concurrency.`,
      expression: 'FILL(throttles, 0)',
      metrics: { throttles: lambdaMetric('Throttles', functionName, 'Sum') },
      above: 0,
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
      EvaluationPeriods: 1,
      Threshold: alarm.above,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: actions,
      OKActions: actions,
    },
  };
}

function toMetric({ namespace, name, dimension, value }: Omit<Metric, 'stat'>): Record<string, unknown> {
  return { Namespace: namespace, MetricName: name, Dimensions: [{ Name: dimension, Value: value }] };
}

/** `read-secret-errors` becomes `ReadSecretErrorsAlarm`. */
function toLogicalId(name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `${words.join('')}Alarm`;
}

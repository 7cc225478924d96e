import { describe, expect, it } from 'vitest';
import { createInvocationLog } from '../../../../functions/runtime/invocation-log.ts';
import { createLogger } from '../../../../functions/runtime/log.ts';
import { listAlarms, resolveAlarms, type Watched } from '../../../../infra/stack/alarms.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const WATCHED: Watched = {
  ...{ stack: 'stack-prod', maxAgeDays: 45, hasHttpApi: true, hasHeartbeat: true },
  rotated: [{ suffix: '', secretName: 'stack/prod/credential' }],
};
const alarms = listAlarms(WATCHED);

function alarmOf(name: string) {
  const alarm = alarms.find((candidate) => candidate.name === name);
  if (alarm === undefined) throw new Error(`there is no alarm ${name}`);
  return alarm;
}

/** The metrics that a call which fails writes into the log. */
function metricsOf(error: ConjurError): string[] {
  const lines: string[] = [];
  const logger = createLogger((line) => lines.push(line), systemClock.now);
  const log = createInvocationLog('read-secret', { fault: error, clock: systemClock, logger });
  const invocation = log.begin({}, {});
  invocation.call = { call: 'health' };
  log.end(invocation, error);
  return Object.keys(JSON.parse(lines[0] ?? '{}'));
}

describe('the alarms', () => {
  it('watch metrics that the functions write, by their names', () => {
    const written = metricsOf(new ConjurError('authentication_failed', 'refused'));
    const watched = alarms
      .flatMap(({ metrics }) => Object.values(metrics))
      .filter(({ namespace, name }) => namespace === 'conjur-functions' && !/^(?:Rotation|Oldest)/.test(name))
      .map(({ name }) => name);
    expect(new Set(watched)).toEqual(new Set(['Faults', 'Thrown', 'AuthenticationFailed', 'ConjurReachable']));
    expect(written).toEqual(expect.arrayContaining(watched));
  });

  it('tell the topic that is given, which must be one', async () => {
    const topic = 'arn:aws:sns:eu-central-1:123456789012:alarms';
    const { Resources } = await resolveAlarms(resolverContext({ alarm_topic_arn: topic }));
    expect(Resources.RotateKeyErrorsAlarm).toMatchObject({ Properties: { AlarmActions: [topic] } });
    await expect(resolveAlarms(resolverContext({ alarm_topic_arn: 'alarms' }))).rejects.toThrow('ARN of an SNS topic');
  });

  it.each(['0', '-1', 'many'])('refuse %s days as the oldest age of a key', async (max_key_age_days) => {
    await expect(resolveAlarms(resolverContext({ max_key_age_days }))).rejects.toThrow('max_key_age_days');
  });
});

interface AlarmProperties {
  readonly DatapointsToAlarm: number;
  readonly EvaluationPeriods: number;
  readonly TreatMissingData: string;
  readonly Metrics: readonly {
    readonly MetricStat?: { readonly Metric: { readonly Dimensions: readonly unknown[] } };
  }[];
}

async function propertiesOf(params: Record<string, string>): Promise<Record<string, AlarmProperties>> {
  const { Resources } = await resolveAlarms(resolverContext(params));
  return Object.fromEntries(
    Object.entries(Resources).map(([id, resource]) => [id, (resource as { Properties: AlarmProperties }).Properties]),
  );
}

/** What CloudWatch would make of a period with these sums: a period without data is a metric that is not there. */
function evaluate(expression: string, values: Readonly<Record<string, number>>): number {
  const names = [...new Set(expression.match(/\b[a-z]\w*\b/g) ?? [])];
  const script = expression.replace(/\bFILL\((\w+), 0\)/g, '($1 ?? 0)').replace(/\bIF\(/g, 'choose(');
  const choose = (condition: boolean, yes: number, no: number): number => (condition ? yes : no);
  return new Function('choose', ...names, `return ${script};`)(choose, ...names.map((name) => values[name])) as number;
}

describe('Alarms that miss an outage', () => {
  const rings = (name: string, values: Record<string, number>): boolean => {
    const { expression, threshold } = alarmOf(name);
    return evaluate(expression, values) > threshold;
  };

  it('error alarms go by the rate: all of three calls are an outage, five of ten thousand are none', () => {
    expect(rings('read-secret-errors', { calls: 3, faults: 3 })).toBe(true);
    expect(rings('read-secret-errors', { calls: 10_000, faults: 5 })).toBe(false);
    expect(rings('read-secret-errors', { calls: 10, errors: 10, thrown: 10 })).toBe(false);
    expect(rings('read-secret-errors', {})).toBe(false);
  });

  it('and one bad period of three is no outage yet, but of rotate-key the first crash is', () => {
    expect(alarmOf('read-secret-errors')).toMatchObject({ periods: 3, badPeriods: 2 });
    expect(rings('rotate-key-errors', { calls: 100, errors: 1 })).toBe(true);
    expect(alarmOf('rotate-key-errors').periods).toBeUndefined();
  });

  it('a heartbeat that stops rings, and not only one that fails', async () => {
    const { ConjurUnreachableAlarm: alarm } = await propertiesOf({});
    expect(alarm).toMatchObject({ TreatMissingData: 'breaching', EvaluationPeriods: 3, DatapointsToAlarm: 3 });
    expect(await propertiesOf({ heartbeat: 'off' })).not.toHaveProperty('ConjurUnreachableAlarm');
    for (const heartbeat of ['rate(10 minutes)', 'cron(0 3 1 * ? *)', 'often'])
      await expect(propertiesOf({ heartbeat })).rejects.toThrow('heartbeat must be off, or a rate');
  });

  it('the API has an alarm of its own for what no function sees, where there is an API', async () => {
    expect(rings('http-api-5xx', { calls: 20, faults: 2 })).toBe(true);
    expect(rings('http-api-5xx', { calls: 100, faults: 2 })).toBe(false);
    expect(await propertiesOf({ http_api: 'off' })).not.toHaveProperty('HttpApi5xxAlarm');
  });

  it('rotation-failed gives no all-clear by silence', () => {
    const { expression, silence } = alarmOf('rotation-failed');
    expect({ expression, silence }).toEqual({ expression: 'failed', silence: 'ignore' });
  });

  it('oldest-key-too-old rings when nobody looks any more, for each secret that is rotated', async () => {
    const alarmsOf = async (params: Record<string, string>) =>
      Object.entries(await propertiesOf(params)).filter(([id]) => id.startsWith('OldestKey'));
    const own = await alarmsOf({});
    expect(own.map(([id]) => id).sort()).toEqual([
      'OldestKeyTooOldAlarm',
      'OldestKeyTooOldReadSecretAlarm',
      'OldestKeyTooOldWriteSecretAlarm',
    ]);
    for (const [, alarm] of own) expect(alarm.TreatMissingData).toBe('breaching');
    const dimensions = own.flatMap(([, { Metrics }]) =>
      Metrics.map((metric) => metric.MetricStat?.Metric.Dimensions[1]),
    );
    expect(dimensions).toContainEqual({ Name: 'secret', Value: 'conjur-functions/test/credential/read-secret' });
  });

  it('and is not there where rotation is off, or no metric is written', async () => {
    for (const params of [
      { credential_rotation: 'off' },
      { CYBERARK_AUTHN: 'iam' },
      { CYBERARK_API_KEY_SECRET_ID: 'x' },
    ])
      expect(Object.keys(await propertiesOf(params)).filter((id) => id.startsWith('OldestKey'))).toEqual([]);
  });
});

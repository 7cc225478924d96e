import { describe, expect, it } from 'vitest';
import { createInvocationLog } from '../../../../functions/runtime/invocation-log.ts';
import { createLogger } from '../../../../functions/runtime/log.ts';
import { listAlarms, resolveAlarms } from '../../../../infra/stack/alarms.ts';
import { systemClock } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { resolverContext } from '../../../support/resolver-context.ts';

const alarms = listAlarms('stack-prod', 45);

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
  log.end(log.begin({}, {}), error);
  return Object.keys(JSON.parse(lines[0] ?? '{}'));
}

describe('the alarms', () => {
  it('watch metrics that the functions write, by their names', () => {
    const written = metricsOf(new ConjurError('authentication_failed', 'refused'));
    const watched = alarms
      .flatMap(({ metrics }) => Object.values(metrics))
      .filter(({ namespace, name }) => namespace === 'conjur-functions' && !/^(?:Rotation|Oldest)/.test(name))
      .map(({ name }) => name);
    expect(new Set(watched)).toEqual(new Set(['Faults', 'Thrown', 'AuthenticationFailed']));
    expect(written).toEqual(expect.arrayContaining(watched));
  });

  it('ring at the first rotation that crashed, and not at the first bad answer of a read', () => {
    expect(alarmOf('rotate-key-errors').above).toBe(0);
    expect(alarmOf('read-secret-errors').above).toBe(4);
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

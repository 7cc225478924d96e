import { toLongestDays } from '../stack/schedule-expression.ts';
import { resourcesOf, type Template } from './template.ts';

const DAY_SECONDS = 86_400;

/** What a stack's alarms on the age of keys would ring at without a fault: a rotation that is rarer than the age that they allow. */
export function warnOfAge(template: Template): string | undefined {
  const allowedDays = resourcesOf(template, 'AWS::CloudWatch::Alarm')
    .filter(([id]) => id.startsWith('OldestKeyTooOld'))
    .map(([, { Threshold }]) => Number(Threshold) / DAY_SECONDS);
  const rarest = resourcesOf(template, 'AWS::SecretsManager::RotationSchedule')
    .map(([, { RotationRules }]) => String((RotationRules as { ScheduleExpression?: unknown }).ScheduleExpression))
    .map((expression) => ({ expression, days: toLongestDays(expression) }))
    .sort((a, b) => b.days - a.days)[0];
  const leastDays = Math.min(...allowedDays);
  if (rarest === undefined || rarest.days <= leastDays) return undefined;
  return `A credential is rotated by ${rarest.expression}, and max_key_age_days is ${leastDays}: the alarm oldest-key-too-old would ring before each rotation. Give --param="max_key_age_days=${Math.ceil(rarest.days) + 14}".`;
}

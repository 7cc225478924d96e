import { assertOwnRegion } from './region.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';

/**
 * Whom the alarms tell: the SNS topic of the parameter `alarm_topic_arn`, or nobody.
 * @throws Error for what is no topic, and for one of another region: CloudWatch takes it, and tells nobody
 */
export async function resolveAlarmActions(context: ResolverContext): Promise<string[]> {
  const topic = await resolveParam(context, 'alarm_topic_arn');
  if (topic === undefined) return [];
  if (/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/.test(topic)) {
    await assertOwnRegion(context, topic, 'alarm_topic_arn');
    return [topic];
  }
  throw new Error(
    'The parameter alarm_topic_arn must be the ARN of an SNS topic: arn:aws:sns:<region>:<account>:<name>.',
  );
}

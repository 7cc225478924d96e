import { type ResolverContext, resolveParam } from './resolver-context.ts';

/** Whom the alarms tell: the SNS topic of the parameter `alarm_topic_arn`, or nobody. */
export async function resolveAlarmActions(context: ResolverContext): Promise<string[]> {
  const topic = await resolveParam(context, 'alarm_topic_arn');
  return topic === undefined ? [] : [topic];
}

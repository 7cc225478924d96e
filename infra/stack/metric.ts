import { METRICS_NAMESPACE } from '../../functions/runtime/log.ts';

/** A CloudWatch metric with one dimension. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimension: string;
  /** Of the dimension: a name, or a reference to a resource of the stack. */
  readonly value: string | Record<string, unknown>;
  readonly stat: 'Sum' | 'Maximum' | 'Average' | 'p50' | 'p99';
}

/** A metric that the functions write into their log (functions/runtime/log.ts). */
export function ownMetric(name: string, functionName: string, stat: Metric['stat']): Metric {
  return { namespace: METRICS_NAMESPACE, name, dimension: 'function_name', value: functionName, stat };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export function lambdaMetric(name: string, functionName: string, stat: Metric['stat']): Metric {
  return { namespace: 'AWS/Lambda', name, dimension: 'FunctionName', value: functionName, stat };
}

/** A metric of a queue of the stack, by its logical id. */
export function queueMetric(logicalId: string, name: string, stat: Metric['stat']): Metric {
  return {
    namespace: 'AWS/SQS',
    name,
    dimension: 'QueueName',
    value: { 'Fn::GetAtt': [logicalId, 'QueueName'] },
    stat,
  };
}

import { randomBytes } from 'node:crypto';
import { offlinePrototype } from './offline-prototype.ts';

/*
 * Loaded into the process of serverless-offline (`node --import`). That one gives every request the same id. API Gateway gives each its own,
 * by which a call is found in the log (`correlationId`).
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */

interface Event {
  readonly requestContext: Readonly<Record<string, unknown>>;
}

const httpEvent = await offlinePrototype<'create', Event>(
  './events/http/lambda-events/LambdaProxyIntegrationEventV2.js',
);
const { create } = httpEvent;

httpEvent.create = function (...args) {
  const event = create.apply(this, args);
  // As long as API Gateway's, such as `JKJaXmPLvHcESHA=`.
  const requestId = randomBytes(11).toString('base64');
  return { ...event, requestContext: { ...event.requestContext, requestId } };
};

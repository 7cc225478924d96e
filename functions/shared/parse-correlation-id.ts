import type { Context } from 'aws-lambda';
import { type Fields, fieldsOf } from './fields-of.ts';
import { headerOf } from './http/header-of.ts';
import { isHttpEvent } from './http/is-http-event.ts';

const HEADER = 'x-correlation-id';
/** What is safe in a log line and a header, and long enough for any id that is in use. */
const CORRELATION_ID = /^[\w.:=/+-]{1,128}$/;

/**
 * The id under which a call is found in the logs of all that took part in it: the caller's own (header `x-correlation-id`, or in a direct
 * invocation the client context's `custom`), else API Gateway's, else Lambda's.
 */
export function parseCorrelationId(event: unknown, context: Partial<Context>): string | undefined {
  const candidates = isHttpEvent(event)
    ? [headerOf(fieldsOf(event.headers), HEADER), fieldsOf(event.requestContext).requestId]
    : [customOf(context)[HEADER]];
  return candidates.find(isCorrelationId) ?? context.awsRequestId;
}

function isCorrelationId(value: unknown): value is string {
  return typeof value === 'string' && CORRELATION_ID.test(value);
}

/** Node's runtime gives the client context as it was sent; the SDKs write `custom`, the type declares `Custom`. */
function customOf(context: Partial<Context>): Fields {
  const clientContext = fieldsOf(context.clientContext);
  return fieldsOf(clientContext.custom ?? clientContext.Custom);
}

/** True for what API Gateway and function URLs send; anything else is a direct invocation. */
export function isHttpEvent(event: unknown): event is Record<string, unknown> {
  if (typeof event !== 'object' || event === null) return false;
  const { requestContext, httpMethod } = event as Record<string, unknown>;
  if (typeof requestContext !== 'object' || requestContext === null) return false;
  return typeof httpMethod === 'string' || typeof (requestContext as Record<string, unknown>).http === 'object';
}

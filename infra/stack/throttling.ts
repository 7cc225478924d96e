import { type ResolverContext, resolveParam } from './resolver-context.ts';
import { hasHttpApi } from './routes.ts';

/**
 * The limits of the HTTP API's stage by the parameters `throttle_rate` (requests a second) and `throttle_burst` (requests at once),
 * over all routes together; above them a caller is answered 429. Without them the account's own limits hold.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 * @throws Error where one is missing or no whole number: API Gateway takes a burst of 0, and then answers nobody
 */
export async function resolveThrottling(context: ResolverContext): Promise<{ Resources: Record<string, unknown> }> {
  const [rate, burst] = await Promise.all(
    ['throttle_rate', 'throttle_burst'].map((name) => resolveParam(context, name)),
  );
  if (rate === undefined && burst === undefined) return { Resources: {} };
  const settings = { ThrottlingRateLimit: toLimit(rate), ThrottlingBurstLimit: toLimit(burst) };
  if (!(await hasHttpApi(context))) return { Resources: {} };
  const Properties = { DefaultRouteSettings: settings };
  return { Resources: { HttpApiStage: { Type: 'AWS::ApiGatewayV2::Stage', Properties } } };
}

function toLimit(text: string | undefined): number {
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error('The parameters throttle_rate and throttle_burst go together; each must be a whole number above 0.');
}

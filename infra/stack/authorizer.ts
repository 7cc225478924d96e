import { assertOwnRegion } from './region.ts';
import { type ResolverContext, resolveListParam, resolveParam } from './resolver-context.ts';

/** The name of the authorizer in `provider.httpApi.authorizers`. */
const AUTHORIZER = 'callers';

/** What `httpApi` events of serverless.yml take as `authorizer`. */
export type RouteAuthorizer = { readonly type: 'aws_iam' } | { readonly name: string; readonly scopes?: string[] };

/**
 * Who may call the routes: the parameter `authorizer` is `iam` (the default), `jwt` or `lambda`. There is no way to leave a route
 * open.
 * @throws Error for anything else
 */
export async function resolveRouteAuthorizer(context: ResolverContext): Promise<RouteAuthorizer> {
  const kind = await resolveKind(context);
  if (kind === 'iam') return { type: 'aws_iam' };
  const scopes = kind === 'jwt' ? await resolveListParam(context, 'jwt_scopes') : [];
  return scopes.length === 0 ? { name: AUTHORIZER } : { name: AUTHORIZER, scopes };
}

/** `provider.httpApi`: the definition of the authorizer that the routes name. */
export async function resolveHttpApi(context: ResolverContext): Promise<Record<string, unknown>> {
  // Metrics for each route cost as much as those of a function each, and no alarm watches them: those of the whole API are free.
  const metrics = { metrics: false };
  const kind = await resolveKind(context);
  if (kind === 'iam') return metrics;
  const authorizer = kind === 'jwt' ? await toJwtAuthorizer(context) : await toLambdaAuthorizer(context);
  return { ...metrics, authorizers: { [AUTHORIZER]: authorizer } };
}

async function resolveKind(context: ResolverContext): Promise<'iam' | 'jwt' | 'lambda'> {
  const kind = (await resolveParam(context, 'authorizer')) ?? 'iam';
  if (kind === 'iam' || kind === 'jwt' || kind === 'lambda') return kind;
  throw new Error(
    'The parameter authorizer must be iam, jwt or lambda. A route without authorization is not deployed.',
  );
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html */
async function toJwtAuthorizer(context: ResolverContext): Promise<Record<string, unknown>> {
  return {
    type: 'jwt',
    identitySource: '$request.header.Authorization',
    issuerUrl: await resolveIssuer(context),
    audience: await resolveAudience(context),
  };
}

/** API Gateway fetches the issuer's keys from there, over https alone. */
async function resolveIssuer(context: ResolverContext): Promise<string> {
  const issuer = await required(context, 'jwt_issuer', 'the issuer of the tokens, as a URL');
  if (URL.canParse(issuer) && new URL(issuer).protocol === 'https:') return issuer;
  throw new Error('The parameter jwt_issuer must be an https URL, such as https://issuer.example.com.');
}

async function resolveAudience(context: ResolverContext): Promise<string[]> {
  await required(context, 'jwt_audience', 'the audience that a token must have');
  return resolveListParam(context, 'jwt_audience');
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
async function toLambdaAuthorizer(context: ResolverContext): Promise<Record<string, unknown>> {
  return {
    type: 'request',
    functionArn: await resolveFunctionArn(context),
    identitySource: '$request.header.Authorization',
    payloadVersion: '2.0',
    enableSimpleResponses: true,
    // A decision that is kept outlives the right that it was made by.
    resultTtlInSeconds: 0,
  };
}

async function resolveFunctionArn(context: ResolverContext): Promise<string> {
  const arn = await required(context, 'authorizer_function_arn', 'the ARN of the function that decides');
  if (/^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(?::[\w$-]+)?$/.test(arn)) {
    await assertOwnRegion(context, arn, 'authorizer_function_arn');
    return arn;
  }
  throw new Error(
    'The parameter authorizer_function_arn must be the ARN of a Lambda function: arn:aws:lambda:<region>:<account>:function:<name>.',
  );
}

async function required(context: ResolverContext, name: string, meaning: string): Promise<string> {
  const value = await resolveParam(context, name);
  if (value !== undefined) return value;
  throw new Error(`The parameter ${name} is missing: ${meaning}. Give it by --param="${name}=…".`);
}

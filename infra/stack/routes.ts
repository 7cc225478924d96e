import { resolveRouteAuthorizer } from './authorizer.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';

type HttpApiEvent = Readonly<Record<string, unknown>>;

/**
 * False with the parameter `http_api: off`: the functions are then called directly, by schedules and by Secrets Manager, and the stack
 * holds nothing of API Gateway.
 * @throws Error for anything else than `on` or `off`
 */
export async function hasHttpApi(context: ResolverContext): Promise<boolean> {
  const text = (await resolveParam(context, 'http_api')) ?? 'on';
  if (text === 'on' || text === 'off') return text === 'on';
  throw new Error('The parameter http_api must be on or off.');
}

/** The `httpApi` events of a function: its routes in `custom.routes`, each behind the authorizer of the stack. */
export async function resolveRoutes(context: ResolverContext, functionName: string): Promise<HttpApiEvent[]> {
  if (!(await hasHttpApi(context))) return [];
  const authorizer = await resolveRouteAuthorizer(context);
  const routes = (await context.resolveConfigurationProperty(['custom', 'routes', functionName])) as readonly string[];
  return routes.map((route) => {
    const [method, path] = route.split(' ');
    return { httpApi: { method, path, authorizer } };
  });
}

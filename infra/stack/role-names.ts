import type { FunctionName } from '../build/function-names.ts';
import { type ResolverContext, resolveParam } from './resolver-context.ts';

/**
 * The name of a function's role, for `Fn::Sub`. It is fixed: with authn-iam it is part of the Conjur host's name. Roles are the account's
 * and not the region's, so that the region stands in it: the same stage in a second region would collide otherwise. The parameter
 * `role_names=without-region` keeps the names of a stack that was there before.
 * @throws Error for another value of the parameter
 */
export async function resolveRoleName(context: ResolverContext, functionName: FunctionName): Promise<string> {
  const stack = `${await context.resolveVariable('self:service')}-${await context.resolveVariable('sls:stage')}`;
  const region = (await resolveRoleNames(context)) === 'with-region' ? `-\${AWS::Region}` : '';
  return `${stack}${region}-${functionName}`;
}

/** `RoleName` of a role in roles.yml. */
export async function resolveRoleNameProperty(
  context: ResolverContext,
  functionName: FunctionName,
): Promise<Record<string, unknown>> {
  return { 'Fn::Sub': await resolveRoleName(context, functionName) };
}

export type RoleNames = 'with-region' | 'without-region';

export async function resolveRoleNames(context: ResolverContext): Promise<RoleNames> {
  const given = (await resolveParam(context, 'role_names')) ?? 'with-region';
  if (given === 'with-region' || given === 'without-region') return given;
  throw new Error('The parameter role_names must be with-region or without-region.');
}

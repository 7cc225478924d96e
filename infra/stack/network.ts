import { type ResolverContext, resolveListParam } from './resolver-context.ts';

/**
 * `provider.vpc` by the parameters `vpc_subnet_ids` and `vpc_security_group_ids`; outside a VPC where both are empty.
 * @throws Error where only one of the two is given, and for what is no id
 */
export async function resolveVpc(context: ResolverContext): Promise<Record<string, string[]> | null> {
  const subnetIds = await resolveListParam(context, 'vpc_subnet_ids');
  const securityGroupIds = await resolveListParam(context, 'vpc_security_group_ids');
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return null;
  if (subnetIds.length === 0 || securityGroupIds.length === 0)
    throw new Error('The parameters vpc_subnet_ids and vpc_security_group_ids go together.');
  assertIds('vpc_subnet_ids', subnetIds, 'subnet-');
  assertIds('vpc_security_group_ids', securityGroupIds, 'sg-');
  return { subnetIds, securityGroupIds };
}

function assertIds(name: string, ids: readonly string[], prefix: string): void {
  if (ids.every((id) => id.startsWith(prefix) && /^[\w-]+$/.test(id))) return;
  throw new Error(`The parameter ${name} must list ids that begin with ${prefix}, separated by commas.`);
}

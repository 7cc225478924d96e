import { type ResolverContext, resolveListParam } from './resolver-context.ts';

/**
 * `provider.vpc` by the parameters `vpc_subnet_ids` and `vpc_security_group_ids`; outside a VPC where both are empty.
 * @throws Error where only one of the two is given
 */
export async function resolveVpc(context: ResolverContext): Promise<Record<string, string[]> | null> {
  const subnetIds = await resolveListParam(context, 'vpc_subnet_ids');
  const securityGroupIds = await resolveListParam(context, 'vpc_security_group_ids');
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return null;
  if (subnetIds.length === 0 || securityGroupIds.length === 0)
    throw new Error('The parameters vpc_subnet_ids and vpc_security_group_ids go together.');
  return { subnetIds, securityGroupIds };
}

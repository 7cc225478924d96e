import type { ResolverContext } from './resolver-context.ts';

/** The region that the stack goes to. */
export async function resolveRegion(context: ResolverContext): Promise<string> {
  return String(await context.resolveVariable('aws:region'));
}

/**
 * Refuses an ARN of another region than the stack's, for what AWS looks for in its own region alone: it says so halfway through a
 * deployment, or takes the ARN and then does nothing.
 * @param name of the parameter
 */
export async function assertOwnRegion(context: ResolverContext, arn: string, name: string): Promise<void> {
  const [, , , region] = arn.split(':');
  const own = await resolveRegion(context);
  if (region === own) return;
  throw new Error(
    `The parameter ${name} names a resource in ${region}, and the stack goes to ${own}. Name one in ${own}.`,
  );
}

import { isLocalRun } from './is-local-run.ts';
import { assertOwnRegion } from './region.ts';
import { type ResolverContext, resolveListParam } from './resolver-context.ts';

const LAYER_VERSION = /^arn:[\w-]+:lambda:[\w-]+:\d{12}:layer:[\w-]+:\d+$/;
/** https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html */
const MAX_LAYERS = 5;

/**
 * `provider.layers` by the parameter `layer_arns`; null, which is none, where it is empty and on this machine. A layer brings the files that
 * settings name by a path: a client certificate's key, a large bundle of authorities.
 * @throws Error for what is no version of a layer, and for more than five
 */
export async function resolveLayers(context: ResolverContext, local: boolean = isLocalRun()): Promise<string[] | null> {
  const arns = await resolveListParam(context, 'layer_arns');
  if (local || arns.length === 0) return null;
  if (arns.length <= MAX_LAYERS && arns.every((arn) => LAYER_VERSION.test(arn))) {
    for (const arn of arns) await assertOwnRegion(context, arn, 'layer_arns');
    return arns;
  }
  throw new Error(
    `The parameter layer_arns must list at most ${MAX_LAYERS} versions of Lambda layers, separated by commas: arn:aws:lambda:<region>:<account>:layer:<name>:<version>.`,
  );
}

import { type ResolverContext, resolveParam } from './resolver-context.ts';

/**
 * `reservedConcurrency` of rotate-key by the parameter `rotate_key_concurrency`; null, which is none, where it is `off`. Lambda keeps
 * some of an account's concurrency for the functions without a reservation, and a new account may have none beside.
 * @throws Error for anything else than `off` or a number from 1 to 1000: with 0 nothing would ever be rotated
 */
export async function resolveRotateKeyConcurrency(context: ResolverContext): Promise<number | null> {
  const text = (await resolveParam(context, 'rotate_key_concurrency')) ?? 'off';
  if (text === 'off') return null;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= 1_000) return count;
  throw new Error('The parameter rotate_key_concurrency must be a whole number from 1 to 1000, or off.');
}

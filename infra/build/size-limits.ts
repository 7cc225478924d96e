import type { FUNCTION_NAMES } from './function-names.ts';

/** Upper limits of a built bundle, in kilobytes (1,000 bytes) as they are in the zip file. */
export interface SizeLimit {
  /** `handler.mjs`, the chunks that it imports statically, and undici's parser: what a cold start loads. */
  readonly entryKb: number;
  /** All code. */
  readonly codeKb: number;
}

/**
 * A little above what the bundles weigh. A test fails where one is passed: then either something that should be loaded on need is
 * loaded at the start, or the weight has a reason, which belongs into the commit that raises the limit.
 */
export const SIZE_LIMITS: Readonly<Record<(typeof FUNCTION_NAMES)[number], SizeLimit>> = {
  'read-secret': { entryKb: 86, codeKb: 268 },
  'write-secret': { entryKb: 91, codeKb: 268 },
  'rotate-key': { entryKb: 100, codeKb: 288 },
};

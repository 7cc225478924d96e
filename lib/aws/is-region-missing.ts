/**
 * Whether AWS's SDK gave up because it was told no region. It has no name for that error but `Error`.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-region.html
 */
export function isRegionMissing(error: unknown): boolean {
  return error instanceof Error && error.message === 'Region is missing';
}

/** What to do about it. */
export const REGION_MISSING = 'AWS_REGION is missing: Lambda sets it; elsewhere, set it to the region of the secret.';

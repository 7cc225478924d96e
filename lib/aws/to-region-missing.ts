import { ConjurError } from '../errors/conjur-error.ts';

/**
 * What to say where AWS's SDK gave up because it was told no region: `config_invalid`. Undefined for any other error. It has no name for
 * that error but `Error`.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-region.html
 * @param doing `describing the secret …`; holds no value
 */
export function toRegionMissing(error: unknown, doing: string): ConjurError | undefined {
  if (!(error instanceof Error) || error.message !== 'Region is missing') return undefined;
  const advice = 'AWS_REGION is missing: Lambda sets it; elsewhere, set it to the region of the secret.';
  return new ConjurError('config_invalid', `While ${doing}: ${advice}`);
}

import { readFile } from 'node:fs/promises';
import type { LocalConjurAdmin } from './local-conjur-admin.ts';

/** The policies that a deployment loads, and one variable more to try things out on. */
const POLICIES = [
  new URL('../../conjur/secrets-branch.yml', import.meta.url),
  new URL('../../conjur/functions.yml', import.meta.url),
  new URL('../../conjur/blue-green.yml', import.meta.url),
  new URL('./starter-policy.yml', import.meta.url),
];

/**
 * Loads the policies of a deployment into the local Conjur and gives `test-secret` a first value, so that the first read of a newcomer
 * finds something. Loading them again changes nothing, and a value that is there stays.
 */
export async function loadStarterPolicy(conjur: LocalConjurAdmin): Promise<void> {
  for (const policy of POLICIES) await conjur.loadPolicy(await readFile(policy, 'utf8'));
  if ((await conjur.readValue('test-secret')) === undefined) await conjur.setValue('test-secret', 'hello from Conjur');
}

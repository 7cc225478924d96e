import { readFile } from 'node:fs/promises';
import type { LocalConjurAdmin } from './local-conjur-admin.ts';

const POLICIES = new URL('../../conjur/', import.meta.url);

/**
 * Loads the policies of a deployment into the local Conjur and gives `test-secret` a first value, so that the first read of a newcomer
 * finds something. Loading them again changes nothing, and a value that is there stays.
 * @param allowDelete whether the functions are to delete (`CYBERARK_ALLOW_DELETE`)
 */
export async function loadStarterPolicy(conjur: LocalConjurAdmin, allowDelete = false): Promise<void> {
  const documents = [
    new URL('secrets-branch.yml', POLICIES),
    new URL('functions.yml', POLICIES),
    ...(allowDelete ? [new URL('allow-delete.yml', POLICIES)] : []),
    new URL('./starter-policy.yml', import.meta.url),
  ];
  for (const document of documents) await conjur.loadPolicy(await readFile(document, 'utf8'));
  if (allowDelete) await conjur.loadPolicy(DELETE_ANYWHERE);
  if ((await conjur.readValue('test-secret')) === undefined) await conjur.setValue('test-secret', 'hello from Conjur');
}

/** As starter-policy.yml has `create` on root. */
const DELETE_ANYWHERE =
  '- !permit\n  role: !group litellm/removers\n  privileges: [ read, update ]\n  resource: !policy root\n';

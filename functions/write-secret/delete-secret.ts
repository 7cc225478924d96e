import type { ConjurClient } from '../../lib/client/create-conjur-client.ts';
import type { Deadline } from '../../lib/deadline.ts';
import { ConjurError, isConjurError } from '../../lib/errors/conjur-error.ts';
import { assertAccess } from '../../lib/key-management/assert-access.ts';
import type { KeyManagementSettings } from '../../lib/key-management/key-management-settings.ts';

export interface Deletion {
  readonly name: string;
  /** False where there was nothing that this identity could see, so that a deletion that is repeated does not fail. */
  readonly deleted: boolean;
}

export interface DeletePorts {
  readonly settings: { readonly keyManagement: KeyManagementSettings; readonly allowDelete: boolean };
  readonly conjur: Pick<ConjurClient, 'deleteVariable' | 'showVariable'>;
}

/**
 * Deletes a variable with all its versions where that is allowed, and looks whether it is gone.
 * @throws ConjurError `delete_not_supported`, `access_mode_denied`, `not_hosted`, `forbidden`, `invalid_request` for a name outside the
 * policy branch, `upstream_error` where the variable is still there
 */
export async function deleteSecret(
  { conjur, settings }: DeletePorts,
  name: string,
  deadline: Deadline,
): Promise<Deletion> {
  if (!settings.allowDelete) throw deleteNotSupported(name);
  assertAccess(settings.keyManagement, 'write', name);
  try {
    await conjur.deleteVariable(name, { deadline });
  } catch (error) {
    if (isConjurError(error, 'secret_not_found')) return { name, deleted: false };
    throw error;
  }
  if ((await conjur.showVariable(name, { deadline })) !== undefined) throw stillThere(name);
  return { name, deleted: true };
}

function deleteNotSupported(name: string): ConjurError {
  return new ConjurError(
    'delete_not_supported',
    `The secret "${name}" was not deleted: Conjur removes a secret by a policy update, in which its variable is deleted. Load that update yourself, or set CYBERARK_ALLOW_DELETE=true to have it made here.`,
  );
}

function stillThere(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `Conjur took the deletion of "${name}", but the variable is there. Another writer may have made it anew; look at it, and delete it again.`,
  );
}

import { ConjurError } from '../errors/conjur-error.ts';
import { isHosted } from './is-hosted.ts';
import type { KeyManagementSettings } from './key-management-settings.ts';

/**
 * Refuses what `access_mode` or `hosted_keys` does not allow. A rotation reads and writes; a deletion writes.
 * @throws ConjurError `access_mode_denied` or `not_hosted`
 */
export function assertAccess(settings: KeyManagementSettings, access: 'read' | 'write', name?: string): void {
  const denied = access === 'read' ? 'write_only' : 'read_only';
  if (settings.accessMode === denied) {
    throw new ConjurError(
      'access_mode_denied',
      `This function may not ${access} secrets: its access_mode is ${denied}. Call a function whose access_mode allows it, or change CYBERARK_ACCESS_MODE.`,
    );
  }
  if (name !== undefined && !isHosted(settings, name)) {
    throw new ConjurError(
      'not_hosted',
      `The secret "${name}" is not among hosted_keys. Add it to CYBERARK_HOSTED_KEYS, or ask for one that is.`,
    );
  }
}

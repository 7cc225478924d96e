import { ConjurError } from '../errors/conjur-error.ts';
import { isHosted } from './is-hosted.ts';
import type { KeyManagementSettings } from './key-management-settings.ts';

export type Access = 'read' | 'write';

/**
 * Refuses what `access_mode` or `hosted_keys` does not allow. A rotation reads and writes; a deletion writes.
 * @throws ConjurError `access_mode_denied` or `not_hosted`
 */
export function assertAccess(settings: KeyManagementSettings, access: Access, name?: string): void {
  const refusal = findRefusal(settings, access, name);
  if (refusal !== undefined) throw refusal;
}

/** Those of many names that {@link assertAccess} refuses, each once, with its error. */
export function findRefusals(
  settings: KeyManagementSettings,
  access: Access,
  names: readonly string[],
): { readonly name: string; readonly error: ConjurError }[] {
  return [...new Set(names)].flatMap((name) => {
    const error = findRefusal(settings, access, name);
    return error === undefined ? [] : [{ name, error }];
  });
}

/** The error that {@link assertAccess} throws; undefined where it throws none. */
export function findRefusal(settings: KeyManagementSettings, access: Access, name?: string): ConjurError | undefined {
  const denied = access === 'read' ? 'write_only' : 'read_only';
  if (settings.accessMode === denied) {
    return new ConjurError(
      'access_mode_denied',
      `This function may not ${access} secrets: its access_mode is ${denied}. Call a function whose access_mode allows it, or change CYBERARK_ACCESS_MODE.`,
    );
  }
  if (name === undefined || isHosted(settings, name)) return undefined;
  return new ConjurError(
    'not_hosted',
    `The secret "${name}" is not among hosted_keys. Add it to CYBERARK_HOSTED_KEYS, or ask for one that is.`,
  );
}

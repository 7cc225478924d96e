import { ConjurError } from '../../lib/errors.ts';
import { parseVariableName } from '../../lib/names.ts';
import { createFunctionError, type FunctionError } from '../contract/error-codes.ts';
import type { VirtualKeyIdentity } from '../contract/write-secret.ts';
import type { KeyManagementSettings } from './settings.ts';

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
): { readonly name: string; readonly error: FunctionError }[] {
  return [...new Set(names)].flatMap((name) => {
    const error = findRefusal(settings, access, name);
    return error === undefined ? [] : [{ name, error }];
  });
}

/** The error that {@link assertAccess} throws; undefined where it throws none. */
export function findRefusal(settings: KeyManagementSettings, access: Access, name?: string): FunctionError | undefined {
  const denied = access === 'read' ? 'write_only' : 'read_only';
  if (settings.accessMode === denied) {
    return createFunctionError(
      'access_mode_denied',
      `This function may not ${access} secrets: its access_mode is ${denied}. Call a function whose access_mode allows it, or change CYBERARK_ACCESS_MODE.`,
    );
  }
  if (name === undefined || isHosted(settings, name)) return undefined;
  return createFunctionError(
    'not_hosted',
    `The secret "${name}" is not among hosted_keys. Add it to CYBERARK_HOSTED_KEYS, or ask for one that is.`,
  );
}

/**
 * Whether `hosted_keys` lets a name be asked for. In LiteLLM that list is of the keys which its configuration reads, and never of the
 * virtual keys that it stores, rotates and deletes: nobody can list names that are yet to be made. So where virtual keys are stored,
 * every name below their prefix is hosted too.
 */
export function isHosted(settings: KeyManagementSettings, name: string): boolean {
  const { hostedKeys, storeVirtualKeys, prefixForStoredVirtualKeys } = settings;
  if (hostedKeys === undefined || hostedKeys.has(name)) return true;
  return storeVirtualKeys && name.startsWith(prefixForStoredVirtualKeys);
}

/**
 * The secret's name for a virtual key, as LiteLLM forms it: the prefix, then the alias or `virtual-key-<token_id>`.
 * https://docs.litellm.ai/docs/secret_managers/overview
 * @throws ConjurError `forbidden` where `store_virtual_keys` is off; `invalid_request` for an alias that makes no name
 */
export function toVirtualKeyName(settings: KeyManagementSettings, identity: VirtualKeyIdentity): string {
  if (!settings.storeVirtualKeys) {
    throw new ConjurError(
      'forbidden',
      'Virtual keys are not stored here: store_virtual_keys is off. Set CYBERARK_STORE_VIRTUAL_KEYS=true to have them stored.',
    );
  }
  const { keyAlias, tokenId } = identity;
  const ownPart = keyAlias === undefined || keyAlias === '' ? `virtual-key-${tokenId}` : keyAlias;
  return parseVariableName(settings.prefixForStoredVirtualKeys + ownPart);
}

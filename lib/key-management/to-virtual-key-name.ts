import { ConjurError } from '../errors/conjur-error.ts';
import { parseVariableName } from '../names/parse-variable-name.ts';
import type { KeyManagementSettings } from './key-management-settings.ts';

/** What LiteLLM knows of a virtual key besides the key itself. */
export interface VirtualKeyIdentity {
  /** Its name at LiteLLM. LiteLLM takes an empty one for none. */
  readonly keyAlias: string | undefined;
  /** Hash of the key, by which LiteLLM's tables know it. */
  readonly tokenId: string;
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

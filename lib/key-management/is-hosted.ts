import type { KeyManagementSettings } from './key-management-settings.ts';

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

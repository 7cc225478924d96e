import type { KeyManagementSettings } from '../../../../functions/runtime/settings.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';

/** Key-management settings by way of the environment, as a function gets them. */
export function settingsOf(environment: Record<string, string> = {}): KeyManagementSettings {
  return parseFunctionSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' }).settings
    .keyManagement;
}

import type { KeyManagementSettings } from '../../../../lib/key-management/key-management-settings.ts';
import { parseSettings } from '../../../../lib/settings/parse-settings.ts';

/** Key-management settings by way of the environment, as a function gets them. */
export function settingsOf(environment: Record<string, string> = {}): KeyManagementSettings {
  return parseSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' }).settings.keyManagement;
}

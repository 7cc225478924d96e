import { parseSettings } from '../../lib/settings/parse-settings.ts';
import type { Settings } from '../../lib/settings/settings.ts';

/** Settings for a Conjur at a URL, by way of the environment, as a function gets them. */
export function settingsFor(conjur: { url: string; adminApiKey: string }, more: Record<string, string> = {}): Settings {
  const environment = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey, ...more };
  const readFile = (path: string): string => {
    throw new Error(`no file ${path} in this test`);
  };
  return parseSettings(environment, { readFile }).settings;
}

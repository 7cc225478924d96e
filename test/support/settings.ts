import type { FunctionSettings } from '../../functions/runtime/settings.ts';
import { parseFunctionSettings } from '../../functions/runtime/settings.ts';

/** FunctionSettings for a Conjur at a URL, by way of the environment, as a function gets them. */
export function settingsFor(
  conjur: { url: string; adminApiKey: string },
  more: Record<string, string> = {},
): FunctionSettings {
  const environment = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey, ...more };
  const readFile = (path: string): string => {
    throw new Error(`no file ${path} in this test`);
  };
  return parseFunctionSettings(environment, { readFile }).settings;
}

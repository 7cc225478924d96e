import { ACCESS_MODES, type KeyManagementSettings } from '../key-management/key-management-settings.ts';
import { parseVariableName } from '../names/parse-variable-name.ts';
import type { EnvironmentReader } from './environment-reader.ts';

const PREFIX_VARIABLE = 'CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS';

/** LiteLLM's four settings. A prefix without its final slash gets one, as in LiteLLM. */
export function parseKeyManagementSettings(reader: EnvironmentReader): KeyManagementSettings {
  const hostedKeys = reader.list('CYBERARK_HOSTED_KEYS');
  return {
    accessMode: reader.oneOf('CYBERARK_ACCESS_MODE', ACCESS_MODES) ?? 'read_and_write',
    hostedKeys: hostedKeys.length === 0 ? undefined : new Set(hostedKeys),
    storeVirtualKeys: reader.flag('CYBERARK_STORE_VIRTUAL_KEYS', false),
    prefixForStoredVirtualKeys: parsePrefix(reader),
  };
}

function parsePrefix(reader: EnvironmentReader): string {
  const text = reader.text(PREFIX_VARIABLE)?.trim() ?? 'litellm/';
  const prefix = text.endsWith('/') ? text : `${text}/`;
  try {
    parseVariableName(`${prefix}key`);
  } catch {
    reader.problem(PREFIX_VARIABLE, 'must be the beginning of a variable id, such as litellm/');
  }
  return prefix;
}

/** LiteLLM's other settings of the same block: they have no meaning here, and a pasted block may hold them. */
const OF_LITELLM_ALONE = new Set(['primary_secret_name', 'description', 'tags', 'custom_secret_manager']);

const VARIABLES: ReadonlyMap<string, string> = new Map([
  ['store_virtual_keys', 'CYBERARK_STORE_VIRTUAL_KEYS'],
  ['prefix_for_stored_virtual_keys', 'CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS'],
  ['access_mode', 'CYBERARK_ACCESS_MODE'],
  ['hosted_keys', 'CYBERARK_HOSTED_KEYS'],
]);

/** The settings that the block stands for. */
export const KEY_MANAGEMENT_VARIABLES: readonly string[] = [...VARIABLES.values()];

/**
 * Turns LiteLLM's `key_management_settings` into the environment of the functions.
 * @throws Error for a name that neither knows
 */
export function toKeyManagementEnvironment(block: unknown): Record<string, string> {
  if (block === null || block === undefined) return {};
  if (typeof block !== 'object' || Array.isArray(block))
    throw new Error('custom.key_management_settings must be a block of settings, such as {access_mode: read_only}.');
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(block)) {
    if (OF_LITELLM_ALONE.has(name) || value === null || value === undefined) continue;
    const variable = VARIABLES.get(name);
    if (variable === undefined)
      throw new Error(
        `custom.key_management_settings.${name} is no such setting. There are ${[...VARIABLES.keys()].join(', ')}.`,
      );
    environment[variable] = toText(name, value);
  }
  return environment;
}

function toText(name: string, value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  const names = value.map(String);
  if (names.length === 0 || names.some((entry) => entry.trim() === ''))
    throw new Error(
      `custom.key_management_settings.${name} names nothing, or has an empty name. Name what may be asked for, or leave it out: then all may.`,
    );
  if (names.some((entry) => entry.includes(',')))
    throw new Error(`custom.key_management_settings.${name} holds a name with a comma, which separates names.`);
  return names.join(',');
}

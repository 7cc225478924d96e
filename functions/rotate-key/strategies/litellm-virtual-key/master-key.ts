import type { SecretReader } from '../../../../lib/auth/secret-reader.ts';
import type { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import type { LitellmSettings } from '../../../runtime/settings.ts';

/**
 * LiteLLM's master key: from Secrets Manager, where it stands bare or as the `master_key` of a JSON object, or from the settings.
 * It is fetched for each rotation: one that was changed must not be kept.
 * @throws ConjurError `config_invalid`
 */
export async function loadMasterKey(
  { masterKey, masterKeySecretId }: LitellmSettings,
  loadReader: () => Promise<SecretReader>,
  deadline: Deadline,
): Promise<Secret> {
  if (masterKeySecretId === undefined) {
    if (masterKey !== undefined) return masterKey;
    throw litellmConfigInvalid('LITELLM_MASTER_KEY is missing (or LITELLM_MASTER_KEY_SECRET_ID)');
  }
  const reader = await loadReader();
  const content = await reader.read(masterKeySecretId, 'AWSCURRENT', deadline);
  const key = content === undefined ? undefined : parseMasterKey(content);
  if (key !== undefined) return key;
  throw litellmConfigInvalid(
    `the secret ${masterKeySecretId} (LITELLM_MASTER_KEY_SECRET_ID) holds no master key; store it bare, or as {"master_key":"sk-..."}`,
  );
}

function parseMasterKey(content: Secret): Secret | undefined {
  const text = content.expose().trim();
  if (!text.startsWith('{')) return toKey(text);
  try {
    return toKey((JSON.parse(text) as { master_key?: unknown }).master_key);
  } catch {
    // The parser's message quotes the text, which holds the key.
    return undefined;
  }
}

function toKey(text: unknown): Secret | undefined {
  return typeof text === 'string' && /^\S+$/.test(text.trim()) ? Secret.of(text.trim()) : undefined;
}

export function litellmConfigInvalid(problem: string): ConjurError {
  return new ConjurError(
    'config_invalid',
    `Virtual keys cannot be rotated: ${problem}. Correct the function's environment.`,
  );
}

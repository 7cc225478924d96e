import { hashKey, toTokenId } from '../hash-key.ts';
import type { KeyFields } from '../input-schemas.ts';
import { type KeyRow, type KeySettings, SETTING_NAMES } from '../key-row.ts';
import type { KeyStore } from '../key-store.ts';
import { LitellmError, toDetailError } from '../litellm-error.ts';
import { parseDurationEnd } from '../parse-duration.ts';
import type { RouteContext } from './route-context.ts';

/** Changes a row by the fields that a request has; a setting is replaced whole, `metadata` too. */
export function applyKeyFields({ store, now }: RouteContext, row: KeyRow, fields: KeyFields): void {
  const expiresAtMs = fields.duration == null ? row.expiresAtMs : parseDurationEnd(fields.duration, now());
  if (fields.key_alias != null) {
    checkAliasFree(store, fields.key_alias, row);
    row.keyAlias = fields.key_alias;
  }
  if (expiresAtMs !== undefined) row.expiresAtMs = expiresAtMs;
  row.settings = { ...row.settings, ...toSettings(fields) };
  row.updatedAtMs = now();
}

/** @throws LitellmError 403 for a key that the caller chose, where `disable_custom_api_keys` is set. */
export function checkCustomKeyAllowed({ customKeys }: RouteContext, key: string | null | undefined): void {
  if (customKeys || key == null) return;
  throw toDetailError(403, 'Custom API key values are disabled by your administrator. Keys must be auto-generated.');
}

/** @throws LitellmError 400 when another key has the alias. */
function checkAliasFree(store: KeyStore, alias: string, row: KeyRow): void {
  const holder = store.findByAlias(alias);
  if (holder === undefined || holder === row) return;
  throw new LitellmError(
    400,
    `Key with alias '${alias}' already exists. Unique key aliases across all keys are required.`,
    'bad_request_error',
    'key_alias',
  );
}

function toSettings(fields: KeyFields): KeySettings {
  return Object.fromEntries(SETTING_NAMES.flatMap((name) => (fields[name] == null ? [] : [[name, fields[name]]])));
}

/**
 * The row of a key, by the key or its token id. A key in its grace period is not found: it has no row.
 *
 * @throws LitellmError 404, whose message repeats what the caller sent, a raw key too: so does LiteLLM's.
 */
export function getRow(store: KeyStore, keyOrTokenId: string): KeyRow {
  const row = store.find(toTokenId(keyOrTokenId));
  if (row === undefined) throw toDetailError(404, `Key ${keyOrTokenId} not found.`);
  return row;
}

/** @throws LitellmError 500 when a key has the hash already: token ids are unique. */
export function checkKeyFree(store: KeyStore, key: string, row?: KeyRow): void {
  const holder = store.find(hashKey(key));
  if (holder === undefined || holder === row) return;
  throw new LitellmError(500, 'Internal Server Error, Unique constraint failed on the fields: (`token`)');
}

/** What a caller may set on a key besides its alias and expiry; kept as it came. */
export const SETTING_NAMES = [
  'aliases',
  'allowed_cache_controls',
  'allowed_routes',
  'blocked',
  'budget_duration',
  'max_budget',
  'max_parallel_requests',
  'metadata',
  'models',
  'permissions',
  'rpm_limit',
  'soft_budget',
  'spend',
  'team_id',
  'tpm_limit',
  'user_id',
] as const;

export type KeySettings = Partial<Record<(typeof SETTING_NAMES)[number], unknown>>;

/** A virtual key as it is stored: its hash, never the key. */
export interface KeyRow {
  tokenId: string;
  keyName: string;
  keyAlias?: string;
  expiresAtMs?: number;
  settings: KeySettings;
  readonly createdAtMs: number;
  updatedAtMs: number;
}

/** An old key that works until `revokeAtMs`, in the place of the row that replaced it. */
export interface DeprecatedKey {
  readonly tokenId: string;
  readonly activeTokenId: string;
  readonly revokeAtMs: number;
}

/** What the data file holds. */
export interface KeysFile {
  readonly format: 'local-litellm-1';
  keys: KeyRow[];
  deprecated: DeprecatedKey[];
}

const DEFAULTS: KeySettings = { models: [], spend: 0, metadata: {}, aliases: {}, permissions: {} };

/** `sk-...` and the last four letters. */
export function toKeyName(key: string): string {
  return `sk-...${key.slice(-4)}`;
}

/** The row as answers describe it, without its token id. */
export function toKeyInfo(row: KeyRow): Record<string, unknown> {
  return {
    ...Object.fromEntries(SETTING_NAMES.map((name) => [name, row.settings[name] ?? DEFAULTS[name] ?? null])),
    key_name: row.keyName,
    key_alias: row.keyAlias ?? null,
    expires: row.expiresAtMs === undefined ? null : new Date(row.expiresAtMs).toISOString(),
    created_at: new Date(row.createdAtMs).toISOString(),
    updated_at: new Date(row.updatedAtMs).toISOString(),
    created_by: 'default_user_id',
    updated_by: 'default_user_id',
  };
}

/** The row as the calls answer it that make a key: the only time that the key itself is shown. */
export function toNewKeyAnswer(row: KeyRow, key: string): Record<string, unknown> {
  return { ...toKeyInfo(row), key, token: row.tokenId, token_id: row.tokenId };
}

export const ACCESS_MODES = ['read_only', 'write_only', 'read_and_write'] as const;

export type AccessMode = (typeof ACCESS_MODES)[number];

/** LiteLLM's `key_management_settings`, in its names and with its meaning. */
export interface KeyManagementSettings {
  /** Default `read_and_write`. */
  readonly accessMode: AccessMode;
  /** Names that may be asked for; undefined: all. */
  readonly hostedKeys: ReadonlySet<string> | undefined;
  /** Default false: virtual keys are refused. */
  readonly storeVirtualKeys: boolean;
  /** Default `litellm/`; always ends with a slash. */
  readonly prefixForStoredVirtualKeys: string;
}

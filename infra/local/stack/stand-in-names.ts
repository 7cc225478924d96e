/** Names of the credentials in Secrets Manager: one for each function, as in a stack with `credential_layout: per-function`. */
export const CREDENTIAL_NAMES = {
  'read-secret': 'conjur-functions/credential/read-secret',
  'write-secret': 'conjur-functions/credential/write-secret',
  'rotate-key': 'conjur-functions/credential',
} as const;
/** The one that the printed commands rotate. */
export const CREDENTIAL_NAME = CREDENTIAL_NAMES['rotate-key'];
/** Variable that holds the virtual key that the stack has LiteLLM make. */
export const DEMO_KEY_NAME = 'litellm/demo-key';

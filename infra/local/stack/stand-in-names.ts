/** Name of the credential in Secrets Manager that the stack has rotated. */
export const CREDENTIAL_NAME = 'conjur-functions/credential';
/** Variable that holds the virtual key that the stack has LiteLLM make. */
export const DEMO_KEY_NAME = 'litellm/demo-key';

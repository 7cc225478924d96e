/** Settings that every function gets. docs/settings.md explains each. */
export const SHARED_SETTINGS = [
  'CYBERARK_API_BASE',
  'CYBERARK_ACCOUNT',
  'CYBERARK_USERNAME',
  'CYBERARK_CLIENT_CERT',
  'CYBERARK_CLIENT_KEY',
  'CYBERARK_REFRESH_INTERVAL',
  'CYBERARK_SSL_VERIFY',
  'CYBERARK_CA_CERT',
  'CYBERARK_REQUIRE_TLS',
  'CYBERARK_API_KEY_SECRET_ID',
  'CYBERARK_AUTHN',
  'CYBERARK_AUTHN_SERVICE_ID',
  'CYBERARK_AUTHN_JWT_FILE',
  'CYBERARK_AUTHN_IAM_STS',
  'CYBERARK_READ_API_BASE',
  'CYBERARK_POLICY_BRANCH',
  'CYBERARK_GRANT_READ',
  'CYBERARK_GRANT_WRITE',
  'CYBERARK_ALLOW_DELETE',
  'CYBERARK_TIMEOUT_MS',
  'CYBERARK_MAX_ATTEMPTS',
  'CYBERARK_SECRET_CACHE_TTL',
  'CYBERARK_SECRET_STALE_IF_ERROR',
  'CYBERARK_SECRET_CACHE_MAX_ENTRIES',
  'CYBERARK_SECRET_CACHE_MAX_BYTES',
  'CYBERARK_ACCESS_MODE',
  'CYBERARK_HOSTED_KEYS',
  'CYBERARK_STORE_VIRTUAL_KEYS',
  'CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS',
] as const;

/** Settings of rotate-key alone. */
export const ROTATION_SETTINGS = [
  'LITELLM_API_BASE',
  'LITELLM_MASTER_KEY_SECRET_ID',
  'ROTATION_EVENT_BUS_NAME',
] as const;

/**
 * An http proxy on the way to Conjur. Taken from a parameter or from serverless.yml alone: the proxy of the machine that deploys is not
 * that of the functions.
 */
export const PROXY_SETTINGS = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const;

/** Settings that are secrets themselves: for local use. A deployment never takes them over. */
export const SECRET_SETTINGS = ['CYBERARK_API_KEY', 'CYBERARK_AUTHN_JWT', 'LITELLM_MASTER_KEY'] as const;

/** Where a deployment has its secrets from. */
export const SECRETS_ADVICE =
  "When deployed, the api key comes from Secrets Manager (docs/deployment.md) and LiteLLM's master key from LITELLM_MASTER_KEY_SECRET_ID; on this machine, set it in the environment.";

/** Conjur's own names, taken by the functions where ours are absent. A deployment sets ours. */
export const CONJUR_NAMES = [
  'CONJUR_APPLIANCE_URL',
  'CONJUR_ACCOUNT',
  'CONJUR_AUTHN_LOGIN',
  'CONJUR_AUTHN_API_KEY',
  'CONJUR_CERT_FILE',
  'CONJUR_SSL_CERTIFICATE',
] as const;

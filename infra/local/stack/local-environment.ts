import { parseFunctionSettings } from '../../../functions/runtime/settings.ts';
import { isConjurError } from '../../../lib/errors.ts';
import { CONJUR_NAMES } from '../../stack/setting-names.ts';

/**
 * Settings that say which Conjur, which AWS and which LiteLLM are meant, and as whom. Those of another place, as a developer's shell or
 * `.env` may have them, must not reach functions that talk to a local Conjur and stand-ins. All other settings are theirs to have:
 * `CYBERARK_ALLOW_DELETE=true npm start`.
 */
const OF_ANOTHER_PLACE = [
  'CYBERARK_READ_API_BASE',
  'CYBERARK_AUTHN',
  'CYBERARK_AUTHN_SERVICE_ID',
  'CYBERARK_AUTHN_IAM_STS',
  'CYBERARK_AUTHN_JWT',
  'CYBERARK_AUTHN_JWT_FILE',
  // Each function has a credential of its own.
  'CYBERARK_USERNAME',
  'CYBERARK_API_KEY',
  'CYBERARK_API_KEY_SECRET_ID',
  'CYBERARK_CLIENT_CERT',
  'CYBERARK_CLIENT_KEY',
  'CYBERARK_CA_CERT',
  'CYBERARK_SSL_VERIFY',
  'CYBERARK_REQUIRE_TLS',
  ...CONJUR_NAMES,
  'LITELLM_MASTER_KEY_SECRET_ID',
  // With a profile AWS's SDK passes by the key in the environment; a session token belongs to another key.
  'AWS_PROFILE',
  'AWS_SESSION_TOKEN',
  // A local address is not reached by way of a proxy.
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'https_proxy',
  'http_proxy',
] as const;

/** Environment for functions whose Conjur and stand-ins are on this machine. Undefined: not to be handed on. */
export function toLocalEnvironment(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  return { ...Object.fromEntries(OF_ANOTHER_PLACE.map((name) => [name, undefined])), ...own };
}

/**
 * Whether the functions will delete, as they read it themselves: `1` and `TRUE` mean it too. A value that they refuse is theirs to complain
 * of.
 */
export function isDeleteAllowed({ CYBERARK_ALLOW_DELETE }: NodeJS.ProcessEnv): boolean {
  try {
    return parseFunctionSettings({ CYBERARK_API_KEY: 'of-no-matter', CYBERARK_ALLOW_DELETE }).settings.allowDelete;
  } catch (error) {
    if (!isConjurError(error, 'config_invalid')) throw error;
    return false;
  }
}

/**
 * What to say where the shell names a Conjur and the local one is started: otherwise whoever set it thinks that the functions talk to
 * that. Undefined where nothing is amiss.
 * @param localUrl of the Conjur that is started
 */
export function toUnusedConjurNotice(environment: NodeJS.ProcessEnv, localUrl: string): string | undefined {
  const name = ['CYBERARK_API_BASE', 'CONJUR_APPLIANCE_URL'].find((candidate) => environment[candidate]);
  if (name === undefined) return undefined;
  const url = withoutCredentials(environment[name] ?? '');
  if (url === localUrl) return undefined;
  return `${name} is set and not used: the functions talk to the local Conjur. For yours: npm start -- --conjur ${url ?? 'URL'}`;
}

/** Undefined for what is no URL. */
function withoutCredentials(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, pathname } = new URL(text);
  return /^https?:$/.test(protocol) ? `${origin}${pathname}`.replace(/\/+$/, '') : undefined;
}

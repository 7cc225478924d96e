import { FUNCTION_ERROR_STATUS, type FunctionErrorCode } from '../../functions/contract/error-codes.ts';

/** What each code says to a caller, in one of the cases that it stands for. */
const DETAILS: Readonly<Record<FunctionErrorCode, string>> = {
  invalid_request: 'The request has no body. Send JSON such as {"value":"…"}.',
  access_mode_denied:
    'This function may not write secrets: its access_mode is read_only. Call a function whose access_mode allows it, or change CYBERARK_ACCESS_MODE.',
  not_hosted:
    'The secret "app/db/password" is not among hosted_keys. Add it to CYBERARK_HOSTED_KEYS, or ask for one that is.',
  forbidden:
    'This identity may not write the secret "app/db/password". Have `update` granted on the variable (CYBERARK_GRANT_WRITE does that for new ones).',
  secret_not_found:
    'The secret "app/db/password" does not exist, has no value, or may not be seen by this identity. Check the name, write a value, or have `read` and `execute` granted on the variable.',
  delete_not_supported:
    'The secret "app/db/password" was not deleted: Conjur removes a secret by a policy update, in which its variable is deleted. Load that update yourself, or set CYBERARK_ALLOW_DELETE=true to have it made here.',
  policy_conflict:
    "Another policy load held Conjur's lock all the time while defining variables. Nothing was changed by this call; try again.",
  payload_too_large:
    'The answer is larger than the 6 MB that Lambda takes. Ask for fewer secrets at once; read a single one of this size from Conjur itself.',
  unprocessable:
    'Conjur does not store this value for "app/db/password" (422). It takes no value that is only white space; wrap such a value, as base64 say.',
  config_invalid:
    "The settings cannot be used: CYBERARK_REFRESH_INTERVAL must be a whole number from 1 to 18000. Correct the function's environment.",
  internal: 'The function failed in a way that it should not. Its log says where; please report it.',
  authentication_failed:
    'Conjur refused the api-key credential (401). Check CYBERARK_ACCOUNT, CYBERARK_USERNAME (a host is written host/path/name) and the api key in CYBERARK_API_KEY; a key that was rotated is dead at once, and a host or user whose annotation authn/api-key is false has none (Conjur 1.26.1 and later).',
  upstream_error:
    "The answer while reading a secret is not one of Conjur's. Check that CYBERARK_API_BASE is a Conjur server, with the path that stands in front of its API.",
  upstream_unavailable:
    'Conjur could not be reached (ECONNREFUSED). Check CYBERARK_API_BASE, and that the network lets this process through to Conjur (with HTTPS_PROXY set, to the proxy). This happened while authenticating as admin.',
  deadline_exceeded:
    "The time for this call ran out while reading a secret. Try again, or give the call more time (the function's timeout).",
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** The problem document of a code (RFC 9457), as an example. */
export function toProblemExample(code: FunctionErrorCode): Record<string, unknown> {
  const status = FUNCTION_ERROR_STATUS[code];
  return { type: 'about:blank', title: TITLES[status], status, detail: DETAILS[code], code };
}

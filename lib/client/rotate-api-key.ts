import type { ApiKeyCredential } from '../authn/credential-source.ts';
import type { Deadline } from '../deadline.ts';
import { ConjurError, isConjurError } from '../errors/conjur-error.ts';
import { toApiKeyPath } from '../names/to-variable-path.ts';
import { Secret } from '../secret.ts';
import type { ConjurRequest, ConjurResponse } from '../transport/conjur-request.ts';
import type { ConjurContext } from './conjur-context.ts';
import { unreadable } from './parse-json.ts';
import { toConjurError } from './to-conjur-error.ts';

/**
 * `PUT /authn/{account}/api_key` with basic auth: the role gives itself a new api key, and the old one is dead at once. Sent exactly
 * once and over a new connection: the answer is the only copy of the key, so that a repetition would kill a key that somebody holds.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_rotate_personal_api_key.htm
 * @throws ConjurError `authentication_failed` where the key is not (or no longer) the role's; `upstream_unavailable` where no answer
 * came, and it is unknown whether the key was rotated
 */
export async function rotateApiKey(
  context: ConjurContext,
  { login, apiKey }: ApiKeyCredential,
  deadline: Deadline,
): Promise<Secret> {
  const request: ConjurRequest = {
    method: 'PUT',
    path: toApiKeyPath(context.account),
    headers: { authorization: `Basic ${Buffer.from(`${login}:${apiKey.expose()}`).toString('base64')}` },
    doing: `rotating the api key of ${login}`,
    freshConnection: true,
  };
  const response = await sendRotation(login, () => context.sendPlain(request, deadline));
  if (response.status === 401) {
    throw new ConjurError(
      'authentication_failed',
      `Conjur refused the api key of ${login} (401), and so did not rotate it. Another rotation may have come first; take the key that stands where it is kept.`,
    );
  }
  return parseApiKey(request, response);
}

/** An answer that was lost leaves the key unknown, and the caller has to be told so. */
export async function sendRotation(role: string, send: () => Promise<ConjurResponse>): Promise<ConjurResponse> {
  try {
    return await send();
  } catch (error) {
    if (!isConjurError(error, 'upstream_unavailable') && !isConjurError(error, 'deadline_exceeded')) throw error;
    throw new ConjurError(
      error.code,
      `${error.message} It is not known whether the api key of ${role} was rotated: if it was, its old key is dead and the new one is lost. Try the old key; where it is refused, have another identity rotate the key again.`,
      { cause: error },
    );
  }
}

/** @throws ConjurError `upstream_error` for an answer that is no key */
export function parseApiKey(request: ConjurRequest, response: ConjurResponse): Secret {
  if (response.status !== 200) throw toConjurError(request, response);
  const key = response.body.toString('utf8').trim();
  // Conjur's keys are base32 text of some 50 characters; a page of a proxy is not.
  if (!/^[\w-]{16,256}$/.test(key)) throw unreadable(request);
  return Secret.of(key);
}

import {
  type Change,
  type ConjurContext,
  isAbsence,
  isPage,
  parseJsonObject,
  sendChange,
  toConjurError,
  unreadable,
  unreadableChange,
} from '../answers.ts';
import type { ApiKeyCredential } from '../auth/credential.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { toApiKeyPath } from '../names.ts';
import { Secret } from '../secret.ts';

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
  const request: HttpRequest = {
    method: 'PUT',
    path: toApiKeyPath(context.account),
    headers: { authorization: `Basic ${Buffer.from(`${login}:${apiKey.expose()}`).toString('base64')}` },
    action: `rotating the api key of ${login}`,
    freshConnection: true,
  };
  const response = await sendRotation(context, login, request, (change) => context.sendPlain(change, deadline));
  if (response.status === 401 && !isPage(response)) {
    throw new ConjurError(
      'authentication_failed',
      `Conjur refused the api key of ${login} (401), and so did not rotate it. Another rotation may have come first; take the key that stands where it is kept.`,
    );
  }
  return parseApiKey(context, request, response);
}

function sendRotation(
  context: ConjurContext,
  role: string,
  request: HttpRequest,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const unknown = `It is not known whether the api key of ${role} was rotated: if it was, its old key is dead and the new one is lost. Try the old key; where it is refused, have another identity rotate the key again.`;
  return sendMaker(context, { request, unknown }, send);
}

/** Sends what makes a key or a token, of which the answer is the only copy. A server in front that answers in Conjur's place has lost it. */
export async function sendMaker(
  context: ConjurContext,
  change: Change,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  const { response, toError } = await sendChange(context, change, send);
  if (response.status >= 500) throw toError();
  return response;
}

/**
 * @param toError what an answer means that is no success. Default: what it means to every operation
 * @throws ConjurError `upstream_error` for an answer that is no key
 */
export function parseApiKey(
  context: ConjurContext,
  request: HttpRequest,
  response: HttpResponse,
  toError = () => toConjurError(context, request, response),
): Secret {
  if (response.status > 200 && response.status < 300) throw unreadableChange(context, request, response);
  if (response.status !== 200) throw toError();
  const key = response.body.toString('utf8').trim();
  // Conjur's keys are base32 text of some 50 characters; a page of a proxy is not.
  if (!/^[\w-]{16,256}$/.test(key)) throw unreadableChange(context, request, response);
  return Secret.of(key);
}

export interface RotateApiKeyOfOptions {
  /**
   * Send again where the answer was lost. Each repetition makes another key, and only the last is alive: right where nobody uses the
   * role at the moment, as with a pair of hosts of which the other one is in use. Default false.
   */
  readonly repeat?: boolean | undefined;
}

/**
 * `PUT /authn/{account}/api_key?role={role}` with a session token: gives another role a new api key; the old one is dead at once.
 * Needs `update` on that role.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_rotate_other_api_key.htm
 * @param role `host:path/name`, `user:name`, or with the account in front
 * @throws ConjurError `forbidden` where the role is not there, not seen or not to be updated; `authentication_failed` for one's own role
 */
export async function rotateApiKeyOf(
  context: ConjurContext,
  role: string,
  { repeat }: RotateApiKeyOfOptions,
  deadline: Deadline,
): Promise<Secret> {
  assertRole(role);
  const request: HttpRequest = {
    method: 'PUT',
    path: toApiKeyPath(context.account, role),
    action: `rotating the api key of ${role}`,
    freshConnection: true,
    ...(repeat === true ? { idempotent: true } : {}),
  };
  const response = await sendRotation(context, role, request, (change) => context.send(change, deadline));
  return parseApiKey(context, request, response, () => toRotationError(context, role, request, response));
}

/** What a refusal means where a token asks for the api key of a role. */
export function toRotationError(
  context: Pick<ConjurContext, 'nameOf'>,
  role: string,
  request: HttpRequest,
  response: HttpResponse,
): ConjurError {
  if (isPage(response)) return toConjurError(context, request, response);
  if (response.status === 401) {
    return new ConjurError(
      'authentication_failed',
      `Conjur did not accept the session token (401) while ${request.action}. With a token a role cannot rotate its own api key: use its api key for that, or another identity. Otherwise check that this identity has \`update\` on ${role}.`,
    );
  }
  if (response.status === 403 || isAbsence(response)) {
    return new ConjurError(
      'forbidden',
      `The role ${role} does not exist, has no api key, or may not be rotated by this identity. Check the role (host:path/name), and have \`read\` and \`update\` granted on it.`,
    );
  }
  return toConjurError(context, request, response);
}

/** Without a role, the endpoint means one's own. */
function assertRole(role: string): void {
  if (typeof role === 'string' && /^[^:]+:./s.test(role)) return;
  throw new ConjurError('invalid_request', 'The role must be named by kind and id, such as host:path/name.');
}

export interface LastRotation {
  /** Full id: `default:host:path/name`. */
  readonly role: string;
  /** ISO 8601 in UTC; undefined where Conjur knows of none. */
  readonly rotatedAt: string | undefined;
}

/**
 * `GET /authn/{account}/api_key?role={role}`, of Conjur 1.24 and later, at the leader. Needs `update` on the role.
 * @param role `host:path/name`, `user:name`, or with the account in front
 * @throws ConjurError `forbidden` where the role is not there or not to be seen, and from a Conjur before 1.24
 */
export async function lastRotation(context: ConjurContext, role: string, deadline: Deadline): Promise<LastRotation> {
  assertRole(role);
  const request: HttpRequest = {
    method: 'GET',
    path: toApiKeyPath(context.account, role),
    action: `asking when the api key of ${role} was rotated`,
    idempotent: true,
  };
  const response = await context.send(request, deadline);
  if (response.status !== 200) throw toRotationError(context, role, request, response);
  const { role: fullRole, timestamp } = parseJsonObject(context, request, response);
  if (typeof fullRole !== 'string') throw unreadable(context, request, response);
  return { role: fullRole, rotatedAt: typeof timestamp === 'string' && timestamp !== '' ? timestamp : undefined };
}

import {
  type ConjurContext,
  conjurJsonOf,
  conjurJsonValueOf,
  isAbsence,
  isObject,
  isPage,
  toConjurError,
  unreadableChange,
} from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError } from '../errors.ts';
import type { HttpRequest } from '../http/request.ts';
import { encodeSegment } from '../names.ts';
import { exposeUncopied, Secret, toSecret } from '../secret.ts';
import { sendMaker } from './api-keys.ts';

export interface HostFactoryTokenOptions {
  /** When the tokens end. */
  readonly expiresAt: Date;
  /** Networks that hosts may be created from: `10.0.0.0/8`. Default: any. */
  readonly cidrs?: readonly string[] | undefined;
  /** Default 1. */
  readonly count?: number | undefined;
}

export interface HostFactoryToken {
  readonly token: Secret;
  /** ISO 8601, as Conjur gives it. */
  readonly expiresAt: string | undefined;
}

export interface CreateHostOptions {
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

export interface CreatedHost {
  /** Full id: `default:host:app/one`. */
  readonly id: string;
  /** Undefined where the server gives hosts no api key unasked. */
  readonly apiKey: Secret | undefined;
}

/** What fits into a header, between quotes. */
const TOKEN = /^[\x21\x23-\x7e]+$/;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/**
 * `POST /host_factory_tokens`: tokens by which machines create hosts of a host factory. Sent once: a repetition would make more.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_create_tokens.htm
 * @param factory id of the host factory: `app/factory`
 */
export async function createHostFactoryTokens(
  context: ConjurContext,
  factory: string,
  { expiresAt, cidrs = [], count = 1 }: HostFactoryTokenOptions,
  deadline: Deadline,
): Promise<HostFactoryToken[]> {
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime()))
    throw new TypeError('expiresAt must be a Date, after which the tokens are of no use');
  const form = new URLSearchParams({
    host_factory: `${context.account}:host_factory:${factory}`,
    expiration: expiresAt.toISOString().replace(/\.\d+/, ''),
    count: String(count),
  });
  for (const cidr of cidrs) form.append('cidr[]', cidr);
  const request: HttpRequest = {
    method: 'POST',
    path: '/host_factory_tokens',
    headers: FORM,
    body: form.toString(),
    action: `creating tokens of the host factory "${factory}"`,
  };
  const unknown = 'It is not known whether tokens were created: those that were end by themselves. Create others.';
  const response = await sendMaker(context, { request, unknown }, (change) => context.send(change, deadline));
  if (isAbsence(response)) throw noFactory(factory);
  if (response.status > 200 && response.status < 300) throw unreadableChange(context, request, response);
  if (response.status !== 200) throw toConjurError(context, request, response);
  const tokens = conjurJsonValueOf(response);
  if (!Array.isArray(tokens) || tokens.length !== count) throw unreadableChange(context, request, response);
  return tokens.map((entry: unknown) => {
    const { token, expiration } = isObject(entry) ? entry : {};
    if (typeof token !== 'string' || !TOKEN.test(token)) throw unreadableChange(context, request, response);
    return { token: Secret.of(token), expiresAt: typeof expiration === 'string' ? expiration : undefined };
  });
}

/**
 * `POST /host_factories/hosts` with a host factory's token in the place of a session token: creates the host, or gives the one that the
 * factory has created a new api key. Sent once: the answer is the only copy of the key.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_create_host.htm
 * @throws ConjurError `authentication_failed` for a token that is unknown, has expired, or is not for this machine's network
 */
export async function createHost(
  context: ConjurContext,
  token: Secret | string,
  id: string,
  { annotations = {} }: CreateHostOptions,
  deadline: Deadline,
): Promise<CreatedHost> {
  const form = new URLSearchParams({ id });
  for (const [name, value] of Object.entries(annotations)) form.append(`annotations[${name}]`, value);
  const text = exposeUncopied(toSecret(token)).toString('utf8');
  if (!TOKEN.test(text))
    throw new ConjurError(
      'invalid_request',
      "The host factory's token holds white space, a quotation mark or another character that no token has: a line break of the file that it came from, perhaps.",
    );
  const request: HttpRequest = {
    method: 'POST',
    path: '/host_factories/hosts',
    headers: { ...FORM, authorization: `Token token="${text}"` },
    body: form.toString(),
    action: `creating the host "${id}"`,
    freshConnection: true,
  };
  const unknown =
    'It is not known whether the host was created: if it was there before, its old api key may be dead. Create it again, which gives it a new key.';
  const response = await sendMaker(context, { request, unknown }, (change) => context.sendPlain(change, deadline));
  if (response.status === 401 && !isPage(response)) {
    throw new ConjurError(
      'authentication_failed',
      `Conjur refused the host factory's token (401) while ${request.action}. It is unknown, has expired, was revoked, or is not for the network of this machine.`,
    );
  }
  if (response.status < 300 && response.status !== 201) throw unreadableChange(context, request, response);
  if (response.status !== 201) throw toConjurError(context, request, response);
  const { id: fullId, api_key: apiKey } = conjurJsonOf(response) ?? {};
  const isThisHost = typeof fullId === 'string' && fullId.endsWith(`:host:${id}`);
  if (!isThisHost || !(apiKey == null || typeof apiKey === 'string'))
    throw unreadableChange(context, request, response);
  return { id: fullId, apiKey: apiKey ? Secret.of(apiKey) : undefined };
}

/**
 * `DELETE /host_factory_tokens/{token}`. Hosts that were created with it stay.
 * @returns false where there is no such token, so that a revocation that is repeated does not fail
 */
export async function revokeHostFactoryToken(
  context: ConjurContext,
  token: Secret | string,
  deadline: Deadline,
): Promise<boolean> {
  const request: HttpRequest = {
    method: 'DELETE',
    path: `/host_factory_tokens/${encodeSegment(toSecret(token).expose())}`,
    action: 'revoking a token of a host factory',
    idempotent: true,
  };
  const response = await context.send(request, deadline);
  if (response.status === 204) return true;
  if (isAbsence(response)) return false;
  throw toConjurError(context, request, response);
}

function noFactory(factory: string): ConjurError {
  return new ConjurError(
    'forbidden',
    `There is no host factory "${factory}", or this identity may not see it. Check the id, and have \`execute\` granted on it.`,
  );
}

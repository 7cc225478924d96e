import { createHash } from 'node:crypto';
import { type Deadline, deadlineExceeded } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { HttpFault } from '../../../../lib/http/fault.ts';
import type { HttpRequest, HttpResponse } from '../../../../lib/http/request.ts';
import type { Transport } from '../../../../lib/http/transport.ts';
import { exposeUncopied, Secret } from '../../../../lib/secret.ts';

export interface Regeneration {
  readonly oldKey: Secret;
  /** Starts with `sk-`. A LiteLLM with `disable_custom_api_keys` makes one of its own instead. */
  readonly newKey: Secret;
  /** How long the old key still works; undefined: not at all. */
  readonly gracePeriod: string | undefined;
  /** The new key's life from now; undefined: as it was. */
  readonly duration: string | undefined;
}

/** What a rotation needs of a LiteLLM proxy. https://docs.litellm.ai/docs/proxy/virtual_keys */
export interface LitellmApi {
  /** Whether a key is the one that LiteLLM has on record. False for a key in its grace period, which still works. */
  isCurrent(key: Secret, deadline: Deadline): Promise<boolean>;
  /** Whether LiteLLM lets a key in, asked with the key itself. */
  isAccepted(key: Secret, deadline: Deadline): Promise<boolean>;
  /**
   * Replaces a key. Sent once: whether a lost answer took effect is told by {@link LitellmApi.isCurrent}.
   * @returns the key that LiteLLM has now; undefined where it does not know the old one
   */
  regenerate(regeneration: Regeneration, deadline: Deadline): Promise<Secret | undefined>;
}

/**
 * @param send to the proxy's base URL
 * @throws ConjurError (from the calls) `authentication_failed`, `forbidden`, `upstream_error`, `upstream_unavailable`,
 * `deadline_exceeded`
 */
export function createLitellmApi(send: Transport, masterKey: Secret): LitellmApi {
  const call = async (request: HttpRequest, bearer: Secret, deadline: Deadline): Promise<HttpResponse> => {
    const headers = { ...request.headers, accept: 'application/json', authorization: `Bearer ${bearer.expose()}` };
    try {
      return await send({ ...request, headers }, deadline);
    } catch (error) {
      throw error instanceof HttpFault ? toLitellmFault(request, error) : error;
    }
  };
  return {
    async isCurrent(key, deadline) {
      const request = toInfoRequest(`/key/info?key=${toTokenId(key)}`, 'asking LiteLLM for a virtual key');
      const response = await call(request, masterKey, deadline);
      if (isKeyInfo(response)) return true;
      if (isUnknownKey(response)) return false;
      throw toLitellmError(request, response);
    },

    async isAccepted(key, deadline) {
      const request = toInfoRequest('/key/info', 'trying a virtual key at LiteLLM');
      const response = await call(request, key, deadline);
      // 403: let in, but not allowed to ask about itself, as a key with allowed_routes is.
      if (isKeyInfo(response) || (response.status === 403 && errorOf(response) !== undefined)) return true;
      if (response.status === 401 && errorOf(response) !== undefined) return false;
      throw toLitellmError(request, response);
    },

    async regenerate(regeneration, deadline) {
      const request = toRegenerateRequest(regeneration, regeneration.newKey);
      const response = await call(request, masterKey, deadline);
      if (response.status === 403 && isAboutCustomKeys(response.body)) {
        return regenerateByItself(regeneration, deadline);
      }
      return toMadeKey(request, response);
    },
  };

  /** LiteLLM makes the key, and its answer is the only copy. */
  async function regenerateByItself(regeneration: Regeneration, deadline: Deadline): Promise<Secret | undefined> {
    const request = toRegenerateRequest(regeneration, undefined);
    const response = await call(request, masterKey, deadline);
    return toMadeKey(request, response);
  }
}

/**
 * The key that LiteLLM says it has now; a LiteLLM that takes no key of the caller's shows one of its own, this once. Undefined where it
 * says that it does not know the old one.
 */
function toMadeKey(request: HttpRequest, response: HttpResponse): Secret | undefined {
  if (isUnknownKey(response)) return undefined;
  if (response.status !== 200) throw toLitellmError(request, response);
  const key = fieldOf(response, 'key');
  if (typeof key === 'string' && key.startsWith('sk-')) return Secret.of(key);
  throw new ConjurError(
    'upstream_error',
    `The answer while ${request.action} names no key, so it is not one of LiteLLM's. Check that LITELLM_API_BASE is a LiteLLM proxy, and what stands between; the stored key was not changed. Where LiteLLM did replace the key, rotate again, which goes on from there.`,
  );
}

/** A field of a JSON body; undefined where there is none. The parser's message would quote the body, and it may hold a key. */
function fieldOf({ body }: HttpResponse, name: string): unknown {
  try {
    return memberOf(JSON.parse(body.toString('utf8')), name);
  } catch {
    return undefined;
  }
}

/** Undefined of what has no fields, too. */
function memberOf(value: unknown, name: string): unknown {
  return (Object(value) as Record<string, unknown>)[name];
}

/** `{"key","info"}`: https://docs.litellm.ai/docs/proxy/virtual_keys */
function isKeyInfo(response: HttpResponse): boolean {
  const info = fieldOf(response, 'info');
  return response.status === 200 && typeof info === 'object' && info !== null && !Array.isArray(info);
}

/** What LiteLLM says of a failure: `{"error":{"message","type","param","code"}}`. `{"detail":…}` is what a wrong path gets. */
function errorOf(response: HttpResponse): string | undefined {
  const message = memberOf(fieldOf(response, 'error'), 'message');
  return typeof message === 'string' ? message : undefined;
}

/** LiteLLM's own word that it has no such key on record; a load balancer's 404, or that of a wrong path, says nothing about a key. */
function isUnknownKey(response: HttpResponse): boolean {
  const message = errorOf(response);
  return response.status === 404 && message !== undefined && /\bkey\b.*\bnot found\b/is.test(message);
}

function toRegenerateRequest({ oldKey, gracePeriod, duration }: Regeneration, newKey: Secret | undefined): HttpRequest {
  return {
    method: 'POST',
    path: '/key/regenerate',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      key: toTokenId(oldKey),
      new_key: newKey?.expose(),
      grace_period: gracePeriod,
      duration,
    }),
    action: 'regenerating a virtual key at LiteLLM',
    freshConnection: true,
  };
}

/** LiteLLM names a key by its SHA-256 in hex, so that the old key itself need not travel. */
function toTokenId(key: Secret): string {
  return createHash('sha256').update(exposeUncopied(key)).digest('hex');
}

function toInfoRequest(path: string, action: string): HttpRequest {
  return { method: 'GET', path, action, idempotent: true };
}

/** Says what can be done about an answer of LiteLLM's that did not come. */
function toLitellmFault({ action }: HttpRequest, fault: HttpFault): ConjurError {
  if (fault.kind === 'deadline') return deadlineExceeded(action, fault);
  const options = { cause: fault };
  if (fault.kind === 'too-large' || fault.kind === 'coding') {
    return new ConjurError(
      'upstream_error',
      `The answer while ${action} is not one of LiteLLM's (${fault.kind}: ${fault.reason}). Check that LITELLM_API_BASE is a LiteLLM proxy, and what stands between; then rotate again, which goes on where this ended.`,
      options,
    );
  }
  return new ConjurError(
    'upstream_unavailable',
    `LiteLLM could not be reached (${fault.kind}: ${fault.reason}) while ${action}. ${ADVICE[fault.kind] ?? "Check LITELLM_API_BASE, LiteLLM's health, and that the function's network lets it through"}; then rotate again, which goes on where this ended.`,
    options,
  );
}

const ADVICE: Partial<Record<HttpFault['kind'], string>> = {
  proxy: 'Check HTTPS_PROXY and HTTP_PROXY, or name its host in NO_PROXY',
  'proxy-tls':
    "The TLS connection to the http proxy failed: check that HTTPS_PROXY names the host in the proxy's certificate, and add the authority that signed it to CYBERARK_CA_CERT",
  tls: "LiteLLM is trusted by the system's authorities: give one of your own in NODE_EXTRA_CA_CERTS, and check that LITELLM_API_BASE names the host in its certificate",
  'client-certificate':
    'The server in front of it asks for a client certificate, and the functions have none for LiteLLM',
};

const UNAVAILABLE = new Set([429, 502, 503, 504]);

/** What LiteLLM's answers mean to whoever rotates. LiteLLM's own words are not passed on: they may repeat a key. */
export function toLitellmError({ action }: HttpRequest, response: HttpResponse): ConjurError {
  const { status, body } = response;
  const isOwn = errorOf(response) !== undefined;
  if ((status === 403 || status === 500) && isAboutLicence(body)) {
    return new ConjurError(
      'upstream_error',
      `This LiteLLM has no Enterprise licence, and without one it regenerates no virtual keys (${status}). Set LITELLM_LICENSE at LiteLLM, or make a new key by /key/generate and store it with the strategy "supplied". The key in use was not touched.`,
    );
  }
  if (status === 401 && isOwn) {
    return new ConjurError(
      'authentication_failed',
      `LiteLLM refused the master key (401) while ${action}. Check LITELLM_MASTER_KEY, or the secret that LITELLM_MASTER_KEY_SECRET_ID names.`,
    );
  }
  if (status === 403 && isOwn) {
    return new ConjurError(
      'forbidden',
      `LiteLLM forbids ${action} (403). LITELLM_MASTER_KEY must be the master key, or the key of a proxy admin.`,
    );
  }
  if (UNAVAILABLE.has(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `LiteLLM answered ${status} while ${action}. Check LiteLLM's health and rotate again, which goes on where this ended.`,
    );
  }
  if (status < 500) {
    return new ConjurError(
      'upstream_error',
      `The answer while ${action} (${status}) is not one of LiteLLM's: the address is wrong, or something in front of it answered. Check that LITELLM_API_BASE is a LiteLLM proxy, with its path; then rotate again, which goes on where this ended.`,
    );
  }
  return new ConjurError(
    'upstream_error',
    `LiteLLM answered ${status} while ${action}, which it should not. Look into LiteLLM's log, check that LITELLM_API_BASE is a LiteLLM proxy, and rotate again, which goes on where this ended.`,
  );
}

/** What LiteLLM says where `disable_custom_api_keys` is set: "Custom API key values are disabled by your administrator. …" */
function isAboutCustomKeys(body: Buffer): boolean {
  return /custom api key/i.test(startOf(body));
}

function isAboutLicence(body: Buffer): boolean {
  return /enterprise|licen[cs]e|premium/i.test(startOf(body));
}

function startOf(body: Buffer): string {
  return body.toString('utf8').slice(0, 4_096);
}

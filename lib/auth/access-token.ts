import { ConjurError } from '../errors.ts';
import type { HttpResponse } from '../http/request.ts';
import { Secret } from '../secret.ts';
import type { NameOf } from '../settings.ts';

/** A Conjur access token, ready to be sent. */
export interface AccessToken {
  /** The value of the `Authorization` header. */
  readonly authorization: Secret;
  /** The token's whole life, `exp` less `iat`, in milliseconds. */
  readonly lifeMs: number;
  /** When it ends by the server's clock, in milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** Whom it speaks for, as the token says. */
  readonly login: string;
  /** False where a follower issued it, which the leader may not know. */
  readonly fromLeader: boolean;
}

/** Of a token without `exp`, as servers issued them before that claim was added: clients count 8 minutes from `iat`. */
const DEFAULT_LIFE_MS = 8 * 60 * 1000;
/** 5 hours is the longest life that Conjur grants; ten times that is nobody's setting. */
const MAX_LIFE_MS = 50 * 3600 * 1000;

/**
 * Reads the body of a successful authentication: JSON `{protected, payload, signature}`, `payload` being base64 of
 * `{"iat","exp","sub"}`, in seconds. The signature is the server's own affair.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_authenticate.htm
 * @throws ConjurError `upstream_error` for anything else
 */
export function parseAccessToken(
  { body, fromLeader }: Pick<HttpResponse, 'body' | 'fromLeader'>,
  nameOf: NameOf,
): AccessToken {
  const invalid: Invalid = (problem) =>
    new ConjurError(
      'upstream_error',
      `The access token that Conjur issued ${problem}. Check that ${nameOf('baseUrl')} is a Conjur server and not a page in front of one.`,
    );
  const claims = parseClaims(body, invalid);
  const lifeMs = claims.exp === undefined ? DEFAULT_LIFE_MS : (claims.exp - claims.iat) * 1000;
  if (lifeMs <= 0) throw invalid('expires no later than it is issued; check the token life that is set in Conjur');
  if (lifeMs > MAX_LIFE_MS) throw invalid('claims a life of more than 50 hours');
  return {
    authorization: Secret.of(`Token token="${body.toString('base64')}"`),
    lifeMs,
    expiresAtMs: claims.iat * 1000 + lifeMs,
    login: claims.sub,
    fromLeader,
  };
}

type Invalid = (problem: string) => ConjurError;

function parseClaims(body: Buffer, invalid: Invalid): { iat: number; exp: number | undefined; sub: string } {
  const payload = parseObject(body.toString('utf8'), invalid).payload;
  if (typeof payload !== 'string') throw invalid('has no payload');
  const { iat, exp, sub } = parseObject(Buffer.from(payload, 'base64').toString('utf8'), invalid);
  if (!isSeconds(iat) || (exp !== undefined && !isSeconds(exp)))
    throw invalid('does not say when it was issued and when it expires');
  return { iat, exp, sub: typeof sub === 'string' ? sub : '' };
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function parseObject(text: string, invalid: Invalid): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, which may be a token: it must not travel on as a cause.
    throw invalid('is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('is not a JSON object');
  return value as Record<string, unknown>;
}

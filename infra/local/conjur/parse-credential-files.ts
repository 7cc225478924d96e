import type { JSONWebKeySet } from 'jose';
import type { TestCredentials } from './authn/verify-sts-request.ts';
import { ArgumentsError } from './parse-arguments.ts';

/**
 * Reads a set of public keys (RFC 7517, section 5).
 *
 * @throws {ArgumentsError} when the text is not one.
 */
export function parseJwks(text: string, file: string): JSONWebKeySet {
  const jwks = parseJson(text, file);
  if (
    isObject(jwks) &&
    Array.isArray(jwks.keys) &&
    jwks.keys.every((key) => isObject(key) && typeof key.kty === 'string')
  ) {
    return { keys: jwks.keys };
  }
  throw new ArgumentsError(`${file} is not a JSON Web Key Set: it needs the form {"keys": [{"kty": "RSA", …}]}.`);
}

/**
 * Reads the made-up AWS credentials of `authn-iam`.
 *
 * @throws {ArgumentsError} when the text does not list credentials; the message holds none of them.
 */
export function parseTestCredentials(text: string, file: string): TestCredentials[] {
  const list = parseJson(text, file);
  if (!Array.isArray(list)) throw new ArgumentsError(`${file} does not hold a JSON list of credentials.`);
  return list.map((item, index) => {
    if (!isObject(item)) throw new ArgumentsError(`${file}: entry ${index + 1} is not an object.`);
    const { accessKeyId, secretAccessKey, accountId, roleName, sessionToken } = item;
    const needed = { accessKeyId, secretAccessKey, accountId, roleName };
    const missing = Object.entries(needed).find(([, value]) => typeof value !== 'string' || value === '')?.[0];
    if (missing !== undefined) throw new ArgumentsError(`${file}: entry ${index + 1} has no text "${missing}".`);
    const texts = {
      accessKeyId: `${accessKeyId}`,
      secretAccessKey: `${secretAccessKey}`,
      accountId: `${accountId}`,
      roleName: `${roleName}`,
    };
    return sessionToken === undefined ? texts : { ...texts, sessionToken: String(sessionToken) };
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ArgumentsError(`${file} is not JSON.`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

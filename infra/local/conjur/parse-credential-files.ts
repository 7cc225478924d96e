import type { JSONWebKeySet } from 'jose';
import type { TestCredentials } from './authn/verify-sts-request.ts';
import { type CloudIdentity, DEFAULT_AZURE, DEFAULT_GCP } from './metadata/cloud-identity.ts';
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

/**
 * Reads the table of passwords of `authn-ldap`.
 *
 * @throws {ArgumentsError} when the text is no object of texts; the message holds none of them.
 */
export function parsePasswords(text: string, file: string): Record<string, string> {
  const table = parseJson(text, file);
  if (isObject(table) && Object.values(table).every(isText)) return table as Record<string, string>;
  throw new ArgumentsError(`${file} does not hold passwords: it needs the form {"alice": "password"}.`);
}

/**
 * Reads whom the metadata services give tokens of.
 *
 * @throws {ArgumentsError} when the text names something else than texts.
 */
export function parseCloudIdentity(text: string, file: string): CloudIdentity {
  const identity = parseJson(text, file);
  if (!isObject(identity)) throw new ArgumentsError(`${file} does not hold a JSON object.`);
  for (const [cloud, known] of Object.entries({ azure: DEFAULT_AZURE, gcp: DEFAULT_GCP })) {
    const given = identity[cloud] ?? {};
    if (!isObject(given)) throw new ArgumentsError(`${file}: "${cloud}" is not an object.`);
    const wrong = Object.entries(given).find(([name, value]) => !isLike(value, known[name as keyof typeof known]));
    if (wrong !== undefined)
      throw new ArgumentsError(
        `${file}: "${cloud}.${wrong[0]}" is none of ${Object.keys(known).join(', ')}, or no text.`,
      );
  }
  const unknown = Object.keys(identity).find((cloud) => cloud !== 'azure' && cloud !== 'gcp');
  if (unknown !== undefined) throw new ArgumentsError(`${file}: "${unknown}" is neither azure nor gcp.`);
  return identity;
}

/** A text where the default is one, an object of texts where it is an object. */
function isLike(value: unknown, known: unknown): boolean {
  if (isText(known)) return isText(value);
  return isObject(known) && isObject(value) && Object.values(value).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
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

import { isDeepStrictEqual } from 'node:util';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';

/** The content of a Secrets Manager secret that holds the api key of a host. */
export interface HostCredential {
  /** `host/path/name`. */
  readonly login: string;
  readonly apiKey: Secret;
  /** The logins of the pair that takes turns; undefined in single-host mode. */
  readonly hosts: readonly [string, string] | undefined;
  /** A variable that a new key must be able to read before it goes into use. */
  readonly canary: string | undefined;
}

const MAX_LOGIN_LENGTH = 1_000;

/**
 * Reads `{"username","api_key","hosts"?,"canary"?}`. Further fields are the operator's own, and are kept by {@link toContent}.
 * @param secretId for messages
 * @throws ConjurError `config_invalid`, which never quotes the content
 */
export function parseHostCredential(content: Secret, secretId: string): HostCredential {
  const { username, api_key: apiKey, hosts, canary } = parseObject(content, secretId);
  if (!isHostLogin(username)) throw invalid(secretId, 'names no host in "username" (host/path/name)');
  if (typeof apiKey !== 'string' || apiKey.trim() === '') throw invalid(secretId, 'has no "api_key"');
  if (canary !== undefined && (typeof canary !== 'string' || canary === '')) {
    throw invalid(secretId, 'has a "canary" that names no variable');
  }
  return { login: username, apiKey: Secret.of(apiKey.trim()), hosts: parsePair(hosts, username, secretId), canary };
}

/** The same content with another login and key. */
export function toContent(content: Secret, login: string, apiKey: Secret, secretId: string): Secret {
  const fields = parseObject(content, secretId);
  return Secret.of(JSON.stringify({ ...fields, username: login, api_key: apiKey.expose() }));
}

/** Whether two contents differ in nothing but login and key. False where one of them is no JSON object. */
export function haveSameFields(one: Secret, other: Secret): boolean {
  const [fields, others] = [toObject(one), toObject(other)];
  return fields !== undefined && others !== undefined && isDeepStrictEqual(withoutKey(fields), withoutKey(others));
}

function withoutKey({ username: _, api_key: __, ...fields }: Record<string, unknown>): Record<string, unknown> {
  return fields;
}

/** The host that a rotation gives a new key: the other one of a pair, or the only one. */
export function toTarget({ login, hosts }: HostCredential): string {
  if (hosts === undefined) return login;
  return hosts[0] === login ? hosts[1] : hosts[0];
}

/** `host/path/name` as a role: `host:path/name`. */
export function toRole(login: string): string {
  return login.replace(/^host\//, 'host:');
}

function parsePair(hosts: unknown, login: string, secretId: string): readonly [string, string] | undefined {
  if (hosts === undefined) return undefined;
  const [one, other, ...more] = Array.isArray(hosts) ? (hosts as unknown[]) : [];
  const isPair = isHostLogin(one) && isHostLogin(other) && one !== other && more.length === 0;
  if (!isPair) throw invalid(secretId, 'must name two hosts in "hosts": ["host/path/blue","host/path/green"]');
  if (one !== login && other !== login) throw invalid(secretId, 'has a "username" that is not one of its "hosts"');
  return [one, other];
}

function isHostLogin(login: unknown): login is string {
  return typeof login === 'string' && /^host\/[^\s]/.test(login) && login.length <= MAX_LOGIN_LENGTH;
}

function parseObject(content: Secret, secretId: string): Record<string, unknown> {
  const fields = toObject(content);
  if (fields !== undefined) return fields;
  throw invalid(secretId, 'is not a JSON object; a bare key cannot be rotated, since it names no host');
}

function toObject(content: Secret): Record<string, unknown> | undefined {
  try {
    const value = parse(content.expose(), asWritten);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    // The parser's message quotes the text, which holds the key.
    return undefined;
  }
}

/** https://tc39.es/proposal-json-parse-with-source/, which Node 24 has, and TypeScript's library not yet. */
interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
}

const { parse, rawJSON } = JSON as unknown as JsonWithSource;

/** A number of the operator's own stays as it stands there: one of 17 digits and more would come back as another. */
function asWritten(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined && source !== String(value) ? rawJSON(source) : value;
}

function invalid(secretId: string, problem: string): ConjurError {
  return new ConjurError(
    'config_invalid',
    `The secret ${secretId} in Secrets Manager ${problem}. Store {"username":"host/path/blue","api_key":"...","hosts":["host/path/blue","host/path/green"]}; without "hosts" another identity rotates the one host.`,
  );
}

import type { ConjurRequest } from './conjur-request.ts';
import { badRequest } from './reply-error.ts';

/** Parameters by name; a form's `cidr[]` is a list, its `annotations[owner]` an object. */
export type BodyParameters = Readonly<Record<string, unknown>>;

/**
 * Reads the parameters of a body. Only few routes do: elsewhere a body is a value or a policy, whatever its content type says.
 *
 * @throws {ReplyError} 400 for JSON that is none, or is no object.
 */
export function parseBodyParameters(request: ConjurRequest): BodyParameters {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') return parseJsonObject(request);
  return type === '' || type === 'application/x-www-form-urlencoded'
    ? toParameters(new URLSearchParams(request.body.toString()))
    : {};
}

/**
 * The parameters of the query beside those of a body, as Rails has them: where both name one, the query counts.
 *
 * @throws {ReplyError} 400 for JSON that is none, or is no object.
 */
export function parseParameters(request: ConjurRequest): BodyParameters {
  return { ...parseBodyParameters(request), ...toParameters(request.query) };
}

/** @throws {ReplyError} 400 for JSON that is none, or is no object. */
export function parseJsonObject(request: ConjurRequest): BodyParameters {
  const value = parseJson(request.body.toString());
  if (!isObject(value)) throw badRequest();
  return value;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest();
  }
}

function toParameters(given: URLSearchParams): BodyParameters {
  const found = new Map<string, unknown>();
  for (const [name, value] of given) {
    const [, outer = name, inner] = /^([^[]+)\[(.*)\]$/.exec(name) ?? [];
    if (inner === undefined) found.set(name, value);
    else if (inner === '') found.set(outer, [...listOf(found.get(outer)), value]);
    else found.set(outer, { ...objectOf(found.get(outer)), [inner]: value });
  }
  return Object.fromEntries(found);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {};
}

import { isObject } from '../http/body-parameters.ts';
import { codedError } from '../http/reply-error.ts';
import { TTL_SECONDS } from '../store/issuers.ts';

const LONGEST_ID = 60;

/** What each key of AWS must look like; a part of the text that does is enough for a genuine Conjur. */
const AWS_KEYS: Readonly<Record<string, RegExp>> = {
  access_key_id: /(?:A3T[A-Z0-9]|AKIA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ASIA)[A-Z0-9]{16}/,
  secret_access_key: /[A-Za-z0-9/+]{40}/,
};

/** The value of a variable that the asking role may read. */
export type ReadVariable = (name: string) => string | undefined;

/** @throws {ReplyError} 400 for an id that cannot be one. */
export function parseIssuerId(given: unknown): string {
  const id = parseText('id', given);
  if (!/^[\w+-]+$/.test(id))
    throw badIssuer("invalid 'id' parameter. Only the following characters are supported: A-Z, a-z, 0-9, +, -, and _");
  if (id.length > LONGEST_ID) throw badIssuer(`the 'id' parameter must be at most ${LONGEST_ID} characters long`);
  return id;
}

/** @throws {ReplyError} 400 for a kind of issuer that there is not. */
export function parseIssuerType(given: unknown): string {
  if (typeof given === 'string' && given.toLowerCase() === 'aws') return given;
  throw badIssuer('aws is the only type of issuer');
}

/** @throws {ReplyError} 400 for a lifetime out of its bounds. */
export function parseMaxTtl(given: unknown): number {
  if (given === undefined || given === null) throw badIssuer('max_ttl is missing');
  const { min, max } = TTL_SECONDS;
  if (typeof given === 'number' && Number.isInteger(given) && given >= min && given <= max) return given;
  throw badIssuer(`the 'max_ttl' parameter must be a whole number from ${min} to ${max}`);
}

/**
 * Reads the keys of an issuer, or the names of variables that hold them: `{"access_key_id_secret_ref": {"id": "data/key"}}`, as later
 * versions take them.
 *
 * @throws {ReplyError} 400 for what is no object, 422 for keys that are missing, unknown or none of AWS.
 */
export function parseAwsData(given: unknown, read: ReadVariable): Readonly<Record<string, unknown>> {
  if (given === undefined || given === null) throw badIssuer('data is missing');
  if (!isObject(given)) throw badIssuer('data must be an object');
  for (const [name, format] of Object.entries(AWS_KEYS)) {
    const key = keyOf(given, name, read);
    if (key === undefined || key === '') throw badData(`data.${name} is missing`);
    if (!format.test(key)) throw badData(`invalid '${name}' parameter format: it must have ${format.source}`);
  }
  if (Object.keys(given).length > Object.keys(AWS_KEYS).length)
    throw badData(`data takes ${Object.keys(AWS_KEYS).join(' and ')} only`);
  return given;
}

function keyOf(given: Readonly<Record<string, unknown>>, name: string, read: ReadVariable): string | undefined {
  const reference = given[`${name}_secret_ref`];
  if (isObject(reference) && typeof reference.id === 'string') return read(reference.id);
  const value = given[name];
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw badData(`data.${name} must be a string`);
}

/** @throws {ReplyError} 400 where the body has other parameters. */
export function checkParameters(given: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  if (Object.keys(given).some((name) => !names.includes(name)))
    throw badIssuer(`an issuer takes ${names.join(', ')} only`);
}

function parseText(name: string, given: unknown): string {
  if (given === undefined || given === null || given === '') throw badIssuer(`${name} is missing`);
  if (typeof given === 'string') return given;
  throw badIssuer(`${name} must be a string`);
}

/** 400 with the reason. */
export function badIssuer(message: string): Error {
  return codedError(400, 'bad_request', message);
}

function badData(message: string): Error {
  return codedError(422, 'unprocessable_entity', message);
}

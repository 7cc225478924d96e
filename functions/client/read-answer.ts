import type { Batch, NamedError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
import type {
  EncodedValue,
  InvokedHealth,
  InvokedRotation,
  InvokedSecret,
  InvokedVariable,
  InvokedVariablePage,
  InvokedWrite,
  Wire,
  WireBatch,
  WireError,
  WirePage,
} from '../contract/answers.ts';
import { createFunctionError, type FunctionErrorCode, isFunctionErrorCode } from '../contract/error-codes.ts';

/** What came in the place of an answer: its fields, each of which may be missing or anything. */
export type Answer<Of = Record<string, unknown>> = { readonly [Key in keyof Of]?: unknown };

/** Reads the fields of an answer, each of its type. Throws where one is not: the caller knows which function it was. */
class AnswerError extends Error {}

export function isAnswerError(error: unknown): boolean {
  return error instanceof AnswerError;
}

export function toSecret(answer: Answer<Wire<InvokedSecret>>): InvokedSecret {
  return { name: text(answer.name), value: toValue(answer), stale: answer.stale === true };
}

export function toVariable(answer: Answer<Wire<InvokedVariable>>): InvokedVariable {
  return {
    name: text(answer.name),
    version: known(answer.version, number),
    createdAt: known(answer.created_at, text),
  };
}

export function toVariablePage(answer: Answer<WirePage>): InvokedVariablePage {
  return { variables: list(answer.secrets).map(toVariable), cursor: known(answer.cursor, text) };
}

export function toWrite(answer: Answer<Wire<InvokedWrite>>): InvokedWrite {
  return {
    name: text(answer.name),
    created: flag(answer.created),
    changed: known(answer.changed, flag),
    version: known(answer.version, number),
  };
}

export function toRotation(answer: Answer<Wire<InvokedRotation>>): InvokedRotation {
  return {
    name: text(answer.name),
    strategy: text(answer.strategy),
    version: known(answer.version, (version) => (typeof version === 'string' ? version : number(version))),
    rotatedAt: text(answer.rotated_at),
    value: answer.value === undefined ? undefined : toValue(answer),
    oldName: optional(answer.old_name, text),
    oldDeleted: optional(answer.old_deleted, flag),
    oldKeptBecause: optional(answer.old_kept_because, text),
    supersededByVersion: optional(answer.superseded_by_version, number),
    acceptedByLitellm: optional(answer.accepted_by_litellm, no),
    eventNotPublishedBecause: optional(answer.event_not_published_because, text),
  };
}

export function toHealth(answer: Answer<Wire<InvokedHealth>>): InvokedHealth {
  if (answer.ok !== true) throw new AnswerError('ok');
  return {
    ok: true,
    account: text(answer.account),
    login: text(answer.login),
    tokenAgeSeconds: number(answer.token_age_seconds),
  };
}

/** A deletion says nothing that its caller does not know; an answer that is none must not pass for one. */
export function toDeletion(answer: Answer<{ name: string; deleted: boolean }>): void {
  text(answer.name);
  flag(answer.deleted);
}

export function toBatch<Item>(
  answer: Answer<WireBatch<unknown>>,
  toItem: (answer: Answer) => Item,
): Batch<Item, FunctionErrorCode> {
  return { items: list(answer.secrets).map(toItem), errors: list(answer.errors).map(toNamedError) };
}

/** The error of one name in a call of many. */
function toNamedError({ name, code, message }: Answer<WireError>): NamedError<FunctionErrorCode> {
  return { name: text(name), error: createFunctionError(isFunctionErrorCode(code) ? code : 'internal', text(message)) };
}

function list(value: unknown): Answer[] {
  if (!Array.isArray(value) || !value.every(isObject)) throw new AnswerError('a list');
  return value;
}

function isObject(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null;
}

function toValue({ value, encoding }: Answer<EncodedValue>): Secret {
  if (encoding === 'utf-8') return Secret.of(text(value));
  const bytes = Buffer.from(text(value), 'base64');
  if (encoding !== 'base64' || bytes.toString('base64') !== value) throw new AnswerError('utf-8 or base64');
  return Secret.of(bytes);
}

/** What is null where it is not known. */
function known<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === null ? undefined : read(value);
}

/** What is left out where it did not happen. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function no(value: unknown): false {
  if (value !== false) throw new AnswerError('false');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new AnswerError('a text');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new AnswerError('a number');
  return value;
}

function flag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new AnswerError('true or false');
  return value;
}

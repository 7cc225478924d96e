import type { NamedError } from '../../lib/errors.ts';
import { Secret } from '../../lib/secret.ts';
import { createFunctionError, type FunctionErrorCode, isFunctionErrorCode } from '../contract/error-codes.ts';
import type { Answer, InvokedHealth, InvokedRotation, InvokedSecret, InvokedVariable, InvokedWrite } from './calls.ts';

/** Reads the fields of an answer, each of its type. Throws where one is not: the caller knows which function it was. */
class AnswerError extends Error {}

export function isAnswerError(error: unknown): boolean {
  return error instanceof AnswerError;
}

export function toSecret(answer: Answer): InvokedSecret {
  return { name: text(answer.name), value: toValue(answer), stale: answer.stale === true };
}

export function toVariable(answer: Answer): InvokedVariable {
  return {
    name: text(answer.name),
    version: answer.version === null ? undefined : number(answer.version),
    createdAt: answer.created_at === null ? undefined : text(answer.created_at),
  };
}

export function toWrite(answer: Answer): InvokedWrite {
  return {
    name: text(answer.name),
    created: flag(answer.created),
    changed: answer.changed === null ? undefined : flag(answer.changed),
    version: answer.version === null ? undefined : number(answer.version),
  };
}

export function toRotation(answer: Answer): InvokedRotation {
  const { version } = answer;
  return {
    name: text(answer.name),
    strategy: text(answer.strategy),
    version: version === null ? undefined : typeof version === 'string' ? version : number(version),
    rotatedAt: text(answer.rotated_at),
    value: answer.value === undefined ? undefined : toValue(answer),
    oldDeleted: optional(answer.old_deleted, flag),
    oldKeptBecause: optional(answer.old_kept_because, text),
    supersededByVersion: optional(answer.superseded_by_version, number),
    acceptedByLitellm: optional(answer.accepted_by_litellm, flag),
    eventNotPublishedBecause: optional(answer.event_not_published_because, text),
  };
}

export function toHealth(answer: Answer): InvokedHealth {
  return {
    account: text(answer.account),
    login: text(answer.login),
    tokenAgeSeconds: number(answer.token_age_seconds),
  };
}

/** The error of one name in a call of many. */
export function toNamedError({ name, code, message }: Answer): NamedError<FunctionErrorCode> {
  return { name: text(name), error: createFunctionError(isFunctionErrorCode(code) ? code : 'internal', text(message)) };
}

export function list(value: unknown): Answer[] {
  if (!Array.isArray(value)) throw new AnswerError('a list');
  return value as Answer[];
}

function toValue({ value, encoding }: Answer): Secret {
  return Secret.of(encoding === 'base64' ? Buffer.from(text(value), 'base64') : text(value));
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
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

import { type ConjurContext, isAbsence, isPage, type SentChange, sendChange } from '../answers.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { toSecretPath } from '../names.ts';
import { showVariable } from '../resources/variables.ts';
import { exposeUncopied, isWellFormed, type Secret } from '../secret.ts';
import { hasTakenEffect, type LostWrite } from './repeated-write.ts';
import type { VariableDefiner } from './variable-policy.ts';
import { parseVariableDefinition, type VariableDefinition } from './variable-policy.ts';

export interface WriteResult {
  readonly name: string;
  /** True where this call had the variable defined by a policy load. */
  readonly created: boolean;
  /**
   * Whether the value became a new version: Conjur makes none for the value that is there already. Undefined where this client does
   * not know which version stood there before.
   */
  readonly changed: boolean | undefined;
  /** Undefined where it was not asked for, or where this identity may not see it. */
  readonly version: number | undefined;
}

export interface WriteState {
  readonly definer: VariableDefiner;
  readonly versions: VersionMemory;
}

/**
 * Writes the value; only where that is answered 404 is the variable defined, and the value written again. So a write to an existing
 * variable is one request, and one more for its version.
 * @throws ConjurError `invalid_request`, `forbidden`, `policy_conflict`, `unprocessable`
 */
export async function writeSecret(
  context: ConjurContext,
  state: WriteState,
  variable: VariableDefinition,
  value: Secret,
  options: { deadline: Deadline; reportVersion: boolean },
): Promise<WriteResult> {
  const { deadline } = options;
  const { name } = parseVariableDefinition(variable);
  const created = !(await state.definer.trackWrite(setValue(context, state.versions, name, value, deadline)));
  if (created) {
    await state.definer.define(variable, deadline);
    await setDefinedValue(context, state.versions, name, value, deadline);
  }
  return describeWrite(context, state.versions, { name, created }, options);
}

/** Writes the value of a variable that was just defined. */
export async function setDefinedValue(
  context: ConjurContext,
  versions: VersionMemory,
  name: string,
  value: Secret,
  deadline: Deadline,
): Promise<void> {
  if (!(await setValue(context, versions, name, value, deadline))) throw invisible(context, name);
}

/** Says what a write did, with the version where that is asked for. */
export async function describeWrite(
  context: ConjurContext,
  versions: VersionMemory,
  { name, created }: Pick<WriteResult, 'name' | 'created'>,
  options: { deadline: Deadline; reportVersion: boolean },
): Promise<WriteResult> {
  if (!options.reportVersion) return { name, created, changed: created || undefined, version: undefined };
  const version = await versionOf(context, name, options.deadline);
  const changed = versions.note(name, version);
  return { name, created, changed: created || changed, version };
}

/**
 * `POST /secrets/{account}/variable/{id}`. False where the variable is not there, or may not be seen. Where an answer is lost, it is looked
 * whether the write took effect before it is sent again.
 * https://docs.cyberark.com/conjur-open-source/latest/en/content/developer/conjur_api_add_secret.htm
 */
export async function setValue(
  context: ConjurContext,
  versions: VersionMemory,
  name: string,
  value: Secret,
  deadline: Deadline,
): Promise<boolean> {
  if (value.byteLength === 0) {
    throw new ConjurError(
      'invalid_request',
      `The value for "${name}" is empty, and Conjur stores no empty values. Give at least one byte.`,
    );
  }
  assertWellFormed(name, value);
  const request: HttpRequest = {
    method: 'POST',
    path: toSecretPath(context.account, name),
    headers: { 'content-type': 'application/octet-stream' },
    body: exposeUncopied(value),
    action: `writing the secret "${name}"`,
  };
  const lost = { name, value, seenVersion: versions.seen(name) };
  const { response, toError } = await sendWrite(context, request, lost, deadline);
  if (response.status === 201 && response.body.byteLength === 0) return true;
  if (isAbsence(response)) return false;
  if (response.status === 403 && !isPage(response)) {
    throw new ConjurError(
      'forbidden',
      `This identity may not write the secret "${name}". Have \`update\` granted on the variable (${context.nameOf('grantWrite')} does that for new ones).`,
    );
  }
  if (response.status === 422) throw notStorable(name);
  throw toError();
}

/**
 * Sends a request that writes a value. Where its answer is lost, it is looked whether it took effect before it is sent again.
 * @returns {@link WRITTEN} as the response where it did
 */
export function sendWrite(
  context: ConjurContext,
  request: HttpRequest,
  lost: LostWrite,
  deadline: Deadline,
): Promise<SentChange> {
  const change = {
    request: { ...request, idempotent: true },
    unknown: `It is not known whether the value of "${lost.name}" was written: it may have been.`,
    look: async () => ((await hasTakenEffect(context, lost, deadline)) ? WRITTEN : undefined),
  };
  return sendChange(context, change, (repeatable) => context.send(repeatable, deadline));
}

/** What Conjur would have answered to a write whose answer was lost. */
export const WRITTEN: HttpResponse = { status: 201, headers: {}, body: Buffer.alloc(0), fromLeader: true };

/** Half a surrogate pair would be stored as U+FFFD: another value than the one that was given. */
export function assertWellFormed(name: string, value: Secret): void {
  if (isWellFormed(value)) return;
  throw new ConjurError(
    'invalid_request',
    `The value for "${name}" is no well-formed unicode: it holds half a surrogate pair. Give bytes where it is no text.`,
  );
}

/** Conjur refuses a value of nothing but white space as it refuses an empty one. */
function notStorable(name: string): ConjurError {
  return new ConjurError(
    'unprocessable',
    `Conjur does not store this value for "${name}" (422). It takes no value that is only white space; wrap such a value, as base64 say.`,
  );
}

/** A version that cannot be had does not undo the write: then it is left out. */
async function versionOf(context: ConjurContext, name: string, deadline: Deadline): Promise<number | undefined> {
  try {
    const resource = await showVariable(context, name, deadline);
    return resource?.version;
  } catch (error) {
    const code = isConjurError(error) ? error.code : 'internal';
    context.logger.warn('The value is written, but its version could not be read.', { name, code });
    return undefined;
  }
}

function invisible({ nameOf }: ConjurContext, name: string): ConjurError {
  return new ConjurError(
    'forbidden',
    `The variable "${name}" is defined, but this identity may not see it. Have \`read\` and \`update\` granted on it: ${nameOf('grantWrite')} does that for new variables, or make this identity the owner of the policy branch.`,
  );
}

/**
 * Remembers which version of a variable this client saw last, so that a write can tell whether the value became a new one without a
 * request more. Another writer's version in between counts as a change too. Bounded: the longest unused name is forgotten.
 */
export class VersionMemory {
  readonly #seen = new Map<string, number>();
  readonly #limit: number;

  constructor(limit = 1_000) {
    this.#limit = limit;
  }

  /** The version that was noted last. */
  seen(name: string): number | undefined {
    return this.#seen.get(name);
  }

  /** Notes a version and says whether it is above the one seen before; undefined where none was seen, or one of a former variable. */
  note(name: string, version: number | undefined): boolean | undefined {
    if (version === undefined) return undefined;
    const before = this.#seen.get(name);
    this.#seen.delete(name);
    this.#seen.set(name, version);
    if (this.#seen.size > this.#limit) this.#seen.delete(this.#seen.keys().next().value as string);
    // A lower one is of another variable: this one was deleted, and made anew.
    return before === undefined || version < before ? undefined : version > before;
  }

  /** The variable was deleted: the next one of its name counts from 1 again. */
  forget(name: string): void {
    this.#seen.delete(name);
  }

  /** Any variable may have been deleted. */
  clear(): void {
    this.#seen.clear();
  }
}

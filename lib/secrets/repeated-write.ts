import { type ConjurContext, isFromInFront, toConjurError, unreadableChange } from '../answers.ts';
import { isOfLogin } from '../auth/authenticate.ts';
import type { Deadline } from '../clock.ts';
import { ConjurError, isConjurError } from '../errors.ts';
import { HttpFault, type HttpFaultKind, NOT_SENT } from '../http/fault.ts';
import type { HttpRequest, HttpResponse } from '../http/request.ts';
import { showVariable } from '../resources/variables.ts';
import type { Secret } from '../secret.ts';
import { readSecret } from './read-secret.ts';

/** Conjur keeps this many versions of a variable. */
const KEPT_VERSIONS = 20;

/** A write whose answer did not come. */
export interface LostWrite {
  readonly name: string;
  readonly value: Secret;
  /** The version that this client saw last; undefined where it saw none. */
  readonly seenVersion: number | undefined;
}

/** Of these, `too-large` and `coding` are answers, but no words of Conjur's. */
const LOSSES: ReadonlySet<HttpFaultKind> = new Set(['timeout', 'broken', 'deadline', 'too-large', 'coding']);

/** Whether a request was sent, and no answer came that says how it went. Where its login failed, it was not sent. */
function isLost(error: unknown): error is ConjurError {
  const fault = isConjurError(error) && !isOfLogin(error) ? error.cause : undefined;
  if (!(fault instanceof HttpFault) || fault.reason === NOT_SENT) return false;
  return LOSSES.has(fault.kind);
}

/** A request that changes something. */
export interface Change {
  readonly request: HttpRequest;
  /** Says what may have happened where no answer tells, and what to do then. */
  readonly unknown: string;
  /** What is looked at where an answer was lost, before the request is sent again: {@link HttpRequest.beforeRepeat}. */
  readonly look?: () => Promise<HttpResponse | undefined>;
}

/** What came of a change. */
export interface SentChange {
  readonly response: HttpResponse;
  /** Whether an answer before this one was lost, so that the change may have been made already. */
  readonly wasRepeated: boolean;
  /** For an answer that is no success: what it means, and that the change may have been made all the same where that is so. */
  readonly toError: () => unknown;
}

/**
 * Sends a change. Where its answer is lost, to the first try or to the last, the error says so.
 * @throws ConjurError `upstream_unavailable`, `upstream_error`, `deadline_exceeded`, and whatever a login fails with
 */
export async function sendChange(
  context: Pick<ConjurContext, 'nameOf'>,
  { request, unknown, look }: Change,
  send: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<SentChange> {
  let wasRepeated = false;
  const watched: HttpRequest = {
    ...request,
    async beforeRepeat() {
      wasRepeated = true;
      return look?.();
    },
  };
  const response = await send(watched).catch((error: unknown) => {
    throw wasRepeated || isLost(error) ? toUnknownOutcome(error, unknown) : error;
  });
  return {
    response,
    wasRepeated,
    toError() {
      if (response.status < 300) return unreadableChange(context, request, response);
      const error = toConjurError(context, request, response);
      return wasRepeated || isFromInFront(response) ? toUnknownOutcome(error, unknown) : error;
    },
  };
}

function toUnknownOutcome(error: unknown, unknown: string): unknown {
  const isUnknown =
    isConjurError(error, 'upstream_unavailable') || isConjurError(error, 'deadline_exceeded') || isLost(error);
  if (!isUnknown) return error;
  const { code, message, retryAfterSeconds } = error;
  return new ConjurError(code, `${message} ${unknown}`, { cause: error, retryAfterSeconds });
}

/**
 * Whether a write whose answer was lost took effect, before it is sent again: if it did, and somebody has written since, a repetition would
 * put the old value over theirs. Asked of the leader.
 *
 * False also where this identity may not read the variable, so that it cannot be told: then the write is repeated. What is still on its way
 * to Conjur is not seen either.
 * @throws ConjurError `upstream_error` where the value stands below another, and may have stood there before
 */
export async function hasTakenEffect(
  context: ConjurContext,
  { name, value, seenVersion }: LostWrite,
  deadline: Deadline,
): Promise<boolean> {
  const read = (version?: number) => readValue(context, name, version, deadline);
  const latest = await read();
  if (latest === undefined) return false;
  if (latest.equals(value)) return true;
  const version = (await showVariable(context, name, deadline))?.version;
  if (version === undefined) throw unknownOutcome(name);
  // A variable that was deleted and made anew counts from 1 again: what was seen of it before says nothing.
  const known = seenVersion !== undefined && seenVersion <= version ? seenVersion : undefined;
  const lowest = Math.max(1, version - KEPT_VERSIONS + 1, (known ?? 0) + 1);
  for (let below = version - 1; below >= lowest; below -= 1) {
    if ((await read(below))?.equals(value) !== true) continue;
    // Above what this client saw, it is new. Without that, it may be an old version that happens to be the same.
    if (known !== undefined) return true;
    throw unknownOutcome(name);
  }
  return false;
}

async function readValue(
  context: ConjurContext,
  name: string,
  version: number | undefined,
  deadline: Deadline,
): Promise<Secret | undefined> {
  try {
    return (await readSecret(context, name, { version, fromLeader: true }, deadline)).value;
  } catch (error) {
    if (isConjurError(error, 'secret_not_found') || isConjurError(error, 'forbidden')) return undefined;
    throw error;
  }
}

function unknownOutcome(name: string): ConjurError {
  return new ConjurError(
    'upstream_error',
    `It is not known whether the value of "${name}" was written: the answer was lost, and another value stands there now, which somebody may have written since. Nothing was sent again. Read the secret, and write it once more if that is what you want.`,
  );
}

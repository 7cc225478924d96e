import type { Clock } from './clock.ts';
import { type Deadline, deadlineExceeded } from './clock.ts';
import { ConjurError, isConjurError } from './errors.ts';
import { HttpFault, type HttpFaultKind, NOT_SENT } from './http/fault.ts';
import type { EndedBy, HttpRequest, HttpResponse } from './http/request.ts';
import { createTransport, isFromInFront, type Transport, type TransportOptions } from './http/transport.ts';
import type { Logger } from './logger.ts';
import type { Edition, NameOf } from './settings.ts';

/** What the operations of the client share. */
export interface ConjurContext {
  readonly account: string;
  readonly edition: Edition;
  /** What messages call an option. */
  readonly nameOf: NameOf;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends with a session token; a 401 costs one new authentication and one repetition. */
  readonly send: (request: HttpRequest, deadline: Deadline) => Promise<HttpResponse>;
  /** Sends without a token. */
  readonly sendPlain: Transport;
}

type Named = Pick<ConjurContext, 'nameOf'>;

/** @throws ConjurError `upstream_error` where a successful answer is not JSON: a page of a proxy, say */
export function parseJson(context: Named, request: HttpRequest, response: HttpResponse): unknown {
  const value = conjurJsonValueOf(response);
  // Not the parser's error: it quotes the body, which may be a secret.
  if (value === undefined) throw unreadable(context, request, response);
  return value;
}

export function parseJsonObject(context: Named, request: HttpRequest, response: HttpResponse): Record<string, unknown> {
  const value = parseJson(context, request, response);
  if (!isObject(value)) throw unreadable(context, request, response);
  return value;
}

/** A body as JSON; undefined where it is none. */
export function conjurJsonValueOf({ body }: Pick<HttpResponse, 'body'>): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // What is no JSON may hold a secret, and so may the parser's message.
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A body as a JSON object; undefined where it is none. */
export function conjurJsonOf(response: Pick<HttpResponse, 'body'>): Record<string, unknown> | undefined {
  const value = conjurJsonValueOf(response);
  return isObject(value) ? value : undefined;
}

/** What Conjur says about a failure: `{"error":{"code","message"}}`. Undefined where the body is nothing of the kind. */
export function conjurErrorOf(response: Pick<HttpResponse, 'body'>): { code?: unknown; message?: unknown } | undefined {
  const error = conjurJsonOf(response)?.error;
  return isObject(error) ? error : undefined;
}

/**
 * Whether a 404 is Conjur's own word that something is not there. A load balancer, a wrong path or a captive portal answers 404 too, and
 * that says nothing about a secret.
 */
export function isAbsence(response: HttpResponse): boolean {
  return response.status === 404 && conjurErrorOf(response)?.code === 'not_found';
}

const HTML_START = /^<(?:!doctype\s+html|html|head|body|\?xml|!--)/i;

/** Whether an answer looks like a web page, by its media type and its first bytes. Conjur says `text/html` too, but only of no body. */
export function isPage({ headers, body }: Pick<HttpResponse, 'headers' | 'body'>): boolean {
  const start = startOf(body);
  if (body[start] !== LESS_THAN) return false;
  const mediaType = String(headers['content-type'] ?? '').toLowerCase();
  if (/^(?:text\/html|application\/xhtml)/.test(mediaType)) return true;
  return (
    !mediaType.startsWith('application/octet-stream') && HTML_START.test(body.toString('latin1', start, start + 64))
  );
}

/** Where an answer begins after a byte order mark and white space, of which some servers put a lot before a page. */
function startOf(body: Buffer): number {
  let at = body[0] === BYTE_ORDER_MARK[0] && body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  while (isBlank(body[at])) at += 1;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const LESS_THAN = 0x3c;

/** An answer that Conjur does not give in this case. */
export function unreadable({ nameOf }: Named, { action }: HttpRequest, response?: HttpResponse): ConjurError {
  const what = response !== undefined && isPage(response) ? 'is a web page' : "is not one of Conjur's";
  return new ConjurError(
    'upstream_error',
    `The answer while ${action} ${what}: something in front of Conjur may have given it. Check that ${nameOf('baseUrl')} is a Conjur server, with the path that stands in front of its API.`,
  );
}

/** The same of a request that changes something: whether it did is unknown then. */
export function unreadableChange(context: Named, request: HttpRequest, response: HttpResponse): ConjurError {
  const { message } = unreadable(context, request, response);
  return new ConjurError('upstream_error', `${message} It is not known whether anything was changed.`);
}

/**
 * The error for an answer that is the same to every operation. What a 403, 404, 409 or 422 means depends on the operation, which
 * looks at those first.
 */
export function toConjurError({ nameOf }: Named, request: HttpRequest, response: HttpResponse): ConjurError {
  const { status } = response;
  const { action } = request;
  if (isPage(response) && !UNAVAILABLE.has(status)) return unreadable({ nameOf }, request, response);
  if (status === 401) {
    return new ConjurError(
      'authentication_failed',
      `Conjur refused a fresh session token (401) while ${action}. Check that ${nameOf('account')} is the account of this Conjur, and that its clock and its followers' agree.`,
    );
  }
  if (status === 403)
    return new ConjurError(
      'forbidden',
      `Conjur forbids this identity ${action}. Have the privilege granted by policy.`,
    );
  if (status === 413)
    return new ConjurError(
      'payload_too_large',
      `Conjur, or a server in front of it, refused the size of the request while ${action}.`,
    );
  if (status === 409) return policyConflict(action, response);
  if (status === 422)
    return new ConjurError(
      'unprocessable',
      `Conjur could not process the request (422) while ${action}.${describe(response)}`,
    );
  if (status >= 300 && status < 400) {
    return new ConjurError(
      'upstream_error',
      `A redirect (${status}${pointsTo(response)}) came while ${action}, and is not followed, since it could lead the token astray. Set ${nameOf('baseUrl')} to the address of Conjur itself; often that is https instead of http.`,
    );
  }
  if (UNAVAILABLE.has(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `Conjur answered ${status} while ${action}${ending(request, response)} Check Conjur's health and try again.`,
      {
        retryAfterSeconds: retryAfterSeconds(response),
      },
    );
  }
  if (status < 300) return unreadable({ nameOf }, request, response);
  if (status === 404) {
    return new ConjurError(
      'upstream_error',
      `The answer while ${action} is a 404 that is not one of Conjur's: the address is wrong, or something in front of Conjur answered. Check ${nameOf('baseUrl')}, with the path that an appliance puts in front (https://host/api).`,
    );
  }
  return new ConjurError(
    'upstream_error',
    `Conjur answered ${status} while ${action}, which it should not. Look into Conjur's own log.`,
  );
}

/** Where a redirect leads: host and path, but no query, which may hold a token. */
function pointsTo({ headers }: HttpResponse): string {
  const { location } = headers;
  if (typeof location !== 'string' || !URL.canParse(location)) return '';
  const { origin, pathname } = new URL(location);
  return ` to ${origin}${pathname.slice(0, 100)}`;
}

/** Why there is no better answer. */
function ending({ idempotent }: HttpRequest, { endedBy }: HttpResponse): string {
  if (endedBy !== undefined) return `. ${NOT_REPEATED[endedBy]}`;
  return idempotent === true ? ', again and again.' : '.';
}

const UNAVAILABLE = new Set([429, 502, 503, 504]);

function policyConflict(action: string, response: HttpResponse): ConjurError {
  return new ConjurError(
    'policy_conflict',
    `Another policy load held Conjur's lock all the time while ${action}. Nothing was changed by this call; try again.`,
    {
      retryAfterSeconds: retryAfterSeconds(response),
    },
  );
}

function retryAfterSeconds({ headers }: HttpResponse): number | undefined {
  const header = headers['retry-after'];
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

/** Only the code that Conjur names: its message may quote the request. */
function describe(response: HttpResponse): string {
  const code = conjurErrorOf(response)?.code;
  return typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? ` It says: ${code}.` : '';
}

/** Conjur answers 404 alike for what is not there, what has no value and what this identity may not see. */
export function secretNotFound(name: string, version?: number): ConjurError {
  const what = version === undefined ? `The secret "${name}"` : `Version ${version} of the secret "${name}"`;
  return new ConjurError(
    'secret_not_found',
    `${what} does not exist, has no value, or may not be seen by this identity. Check the name, write a value, or have \`read\` and \`execute\` granted on the variable.`,
  );
}

/** {@link createTransport} that says in Conjur's words why no answer came. @throws ConjurError */
export function createConjurTransport(options: TransportOptions & Named): Transport {
  const transport = createTransport(options);
  return (request, deadline) =>
    transport(request, deadline).catch(async (error: unknown) => {
      throw error instanceof HttpFault ? await toConjurFault(options, request.action, error) : error;
    });
}

/** Says what a caller or an operator can do about an answer that did not come. */
function toConjurFault({ nameOf }: Named, action: string, fault: HttpFault): ConjurError | Promise<ConjurError> {
  const { kind, reason } = fault;
  if (kind === 'deadline' || kind === 'aborted') return deadlineExceeded(action, fault);
  if (kind === 'too-large' || kind === 'coding') {
    const problem =
      kind === 'coding'
        ? `came in a content coding that nobody asked for (${reason})`
        : `was larger (${reason}) than any that it gives`;
    return new ConjurError(
      'upstream_error',
      `Conjur's answer while ${action} ${problem}. Something in front of Conjur may have made it: check ${nameOf('baseUrl')} and what stands between.`,
      { cause: fault },
    );
  }
  const code = kind === 'client-certificate' ? 'authentication_failed' : 'upstream_unavailable';
  const ending = fault.endedBy === undefined ? '' : ` ${NOT_REPEATED[fault.endedBy]}`;
  return import('./explain-fault.ts').then(
    ({ explainFault }) =>
      new ConjurError(code, `${explainFault(kind, fault, nameOf)} This happened while ${action}.${ending}`, {
        cause: fault,
        retryAfterSeconds:
          fault.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(fault.retryAfterMs / 1000)),
      }),
  );
}

/** Why a failure is the answer though it is one that is usually tried again. */
const NOT_REPEATED: Readonly<Record<EndedBy, string>> = {
  'retry-budget': 'It was not tried again: so many requests have failed lately that the retry budget is spent.',
  circuit: 'It was not tried again: Conjur has failed every request lately, and is asked once every few seconds.',
};

/** Of these, `too-large` and `coding` are answers, but no words of Conjur's. */
const LOSSES: ReadonlySet<HttpFaultKind> = new Set(['timeout', 'broken', 'deadline', 'too-large', 'coding']);

/** Whether a request was sent, and no answer came that says how it went. Where its login failed, it was not sent. */
function isLost(error: unknown): error is ConjurError {
  const fault = isConjurError(error) && !FAILED_LOGINS.has(error) ? error.cause : undefined;
  if (!(fault instanceof HttpFault) || fault.reason === NOT_SENT) return false;
  return LOSSES.has(fault.kind);
}

const FAILED_LOGINS = new WeakSet<Error>();

/** Marks what a login failed with: the request that it was for was never sent. */
export function markFailedLogin(error: Error): void {
  FAILED_LOGINS.add(error);
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
  context: Named,
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

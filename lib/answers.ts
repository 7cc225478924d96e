import type { Clock } from './clock.ts';
import { type Deadline, deadlineExceeded } from './deadline.ts';
import { ConjurError } from './errors.ts';
import { HttpFault } from './http/fault.ts';
import type { HttpRequest, HttpResponse } from './http/request.ts';
import { createTransport, type Transport, type TransportOptions } from './http/transport.ts';
import type { Logger } from './logger.ts';
import type { NameOf } from './settings.ts';

/** What the operations of the client share. */
export interface ConjurContext {
  readonly account: string;
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
  try {
    return JSON.parse(response.body.toString('utf8'));
  } catch {
    // The parser's message quotes the body, which may be a secret.
    throw unreadable(context, request);
  }
}

export function parseJsonObject(context: Named, request: HttpRequest, response: HttpResponse): Record<string, unknown> {
  const value = parseJson(context, request, response);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(context, request);
  return value as Record<string, unknown>;
}

export function unreadable({ nameOf }: Named, request: HttpRequest): ConjurError {
  return new ConjurError(
    'upstream_error',
    `The answer while ${request.action} is not one of Conjur's. Check that ${nameOf('baseUrl')} is a Conjur server, with the path that stands in front of its API.`,
  );
}

/**
 * The error for an answer that is the same to every operation. What a 403, 404, 409 or 422 means depends on the operation, which
 * looks at those first.
 */
export function toConjurError({ nameOf }: Named, request: HttpRequest, response: HttpResponse): ConjurError {
  const { status } = response;
  const { action } = request;
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
      `A redirect (${status}) came while ${action}, and is not followed, since it could lead the token astray. Set ${nameOf('baseUrl')} to the address that it leads to; often that is https instead of http.`,
    );
  }
  if (UNAVAILABLE.has(status)) {
    return new ConjurError(
      'upstream_unavailable',
      `Conjur answered ${status} while ${action}, again and again. Check Conjur's health and try again.`,
      {
        retryAfterSeconds: retryAfterSeconds(response),
      },
    );
  }
  return new ConjurError(
    'upstream_error',
    `Conjur answered ${status} while ${action}, which it should not. Look into Conjur's own log.`,
  );
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
function describe({ body }: HttpResponse): string {
  const code = errorCodeOf(body);
  return code === undefined ? '' : ` It says: ${code}.`;
}

function errorCodeOf(body: Buffer): string | undefined {
  try {
    const { error } = JSON.parse(body.toString('utf8')) as { error?: { code?: unknown } };
    return typeof error?.code === 'string' && /^[a-z_]{1,40}$/.test(error.code) ? error.code : undefined;
  } catch {
    // Not JSON: then there is nothing that could be told from it.
    return undefined;
  }
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
    transport(request, deadline).catch((error: unknown) => {
      throw error instanceof HttpFault ? toConjurFault(options, request.action, error) : error;
    });
}

/** Says what a caller or an operator can do about an answer that did not come. */
function toConjurFault({ nameOf }: Named, action: string, fault: HttpFault): ConjurError {
  if (fault.kind === 'deadline') return deadlineExceeded(action, fault);
  if (fault.kind === 'too-large' || fault.kind === 'coding') {
    const problem =
      fault.kind === 'coding'
        ? `came in a content coding that nobody asked for (${fault.reason})`
        : `was larger (${fault.reason}) than any that it gives`;
    return new ConjurError(
      'upstream_error',
      `Conjur's answer while ${action} ${problem}. Something in front of Conjur may have made it: check ${nameOf('baseUrl')} and what stands between.`,
      { cause: fault },
    );
  }
  const code = fault.kind === 'client-certificate' ? 'authentication_failed' : 'upstream_unavailable';
  return new ConjurError(code, `${ADVICE[fault.kind](fault.reason, nameOf)} This happened while ${action}.`, {
    cause: fault,
  });
}

/** What OpenSSL says of bytes that are no TLS, such as an answer in plain http. */
export const SPEAKS_NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

type Advice = (reason: string, nameOf: NameOf) => string;

const ADVICE: Record<Exclude<HttpFault['kind'], 'too-large' | 'coding' | 'deadline'>, Advice> = {
  connect: (reason, nameOf) =>
    `Conjur could not be reached (${reason}). Check ${nameOf('baseUrl')}, and that the network lets this process through to Conjur (with ${nameOf('proxy.https')} set, to the proxy).`,
  proxy: (reason, nameOf) =>
    `The http proxy did not let the connection to Conjur through (${reason}). Check ${nameOf('proxy.https')} and ${nameOf('proxy.http')}, or name Conjur's host in ${nameOf('proxy.except')}.`,
  'client-certificate': (reason, nameOf) =>
    `Conjur's server refused the client certificate, or misses one (${reason}). Check ${nameOf('tls.clientCert')} and ${nameOf('tls.clientKey')}: the certificate's dates, and that the server trusts who signed it.`,
  tls: (reason, nameOf) =>
    reason === SPEAKS_NO_TLS
      ? `The server that ${nameOf('baseUrl')} names does not speak TLS on that port (${reason}). Check the port; if it is one for plain http, the URL begins with http://.`
      : `The TLS connection to Conjur was refused (${reason}). Give the certificate authority that signed Conjur's certificate in ${nameOf('tls.ca')}, and check that ${nameOf('baseUrl')} names the host in that certificate.`,
  timeout: (reason, nameOf) =>
    `Conjur did not answer within ${reason}. Check Conjur's health, or raise ${nameOf('timeoutMs')}.`,
  broken: (reason, nameOf) =>
    `The connection to Conjur broke (${reason}). Check Conjur's health and what stands between; a server that asks for a client certificate also ends connections like this (${nameOf('tls.clientCert')}).`,
};

import type { EndedBy } from './request.ts';

export type HttpFaultKind =
  | 'connect'
  | 'proxy'
  | 'proxy-tls'
  | 'tls'
  | 'client-certificate'
  | 'timeout'
  | 'broken'
  | 'too-large'
  | 'coding'
  | 'aborted'
  | 'deadline'
  | 'circuit-open';

/** The reason of a `deadline` that was over before anything was sent. */
export const NOT_SENT = 'before it was sent';

/**
 * No complete answer came: neutral words for what happened, which each client puts into its own.
 * - `connect`, `proxy`, `proxy-tls`, `tls`, `client-certificate`: no connection; with `proxy` in its name, none to the proxy or through it.
 * - `timeout`: the attempt had all its time. `deadline`: the caller's time is over.
 * - `aborted`: the caller's signal ended the request.
 * - `broken`: the connection ended before the answer did.
 * - `too-large`, `coding`: an answer that cannot be taken.
 * - `circuit-open`: nothing was sent, because the server has failed everything lately. `reason` says how.
 */
export class HttpFault extends Error {
  readonly kind: HttpFaultKind;
  /** Node's or undici's code of the failure, such as `ECONNREFUSED`. */
  readonly reason: string;
  /** Why the attempt was not repeated, where more attempts were allowed. */
  readonly endedBy?: EndedBy | undefined;
  /** Milliseconds after which a repetition makes sense. */
  readonly retryAfterMs?: number | undefined;

  constructor(
    kind: HttpFaultKind,
    reason: string,
    cause?: unknown,
    ending: Pick<HttpFault, 'endedBy' | 'retryAfterMs'> = {},
  ) {
    super(`${kind}: ${reason}`);
    this.kind = kind;
    this.reason = reason;
    this.endedBy = ending.endedBy;
    this.retryAfterMs = ending.retryAfterMs;
    Object.defineProperty(this, 'cause', { value: toCause(cause), configurable: true });
  }
}

/** What Node says of a system call that failed; and nothing of what was read or sent. */
const KEPT_FIELDS = ['code', 'errno', 'syscall', 'hostname', 'address', 'port'] as const;

/**
 * What may be kept of an error as a cause: what it says, and where it happened. undici's parser and Node's put the bytes that they choked
 * on into a field of theirs, and those may be a secret; TLS puts the whole certificate there. Whoever prints an error prints its causes.
 */
function toCause(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HttpFault) return error;
  const { message, name, stack } = error;
  const cause =
    error instanceof AggregateError ? new AggregateError(error.errors.map(toCause), message) : new Error(message);
  Object.defineProperty(cause, 'name', { value: name, configurable: true });
  Object.defineProperty(cause, 'stack', { value: stack, configurable: true });
  const fields = error as unknown as Record<string, unknown>;
  return Object.assign(
    cause,
    Object.fromEntries(KEPT_FIELDS.flatMap((key) => (key in error ? [[key, fields[key]]] : []))),
  );
}

const CONNECT_REASONS = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);

// Node's codes for certificates (https://nodejs.org/api/tls.html#x509-certificate-error-codes), OpenSSL's, and those of the host name check.
const TLS_REASON =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH|ERROR_IN_C|UNSPECIFIED$|OUT_OF_MEM$)/;

// The server's alerts about our own certificate (RFC 8446, section 6.2), as OpenSSL names them.
const CLIENT_CERTIFICATE_REASON = /^ERR_SSL_\w*ALERT_(?:\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)$/;

// How undici's own agents for proxies, which a program may bring along, tell of a tunnel that was not made.
const PROXY_REASONS = new Set(['UND_ERR_ABORTED', 'UND_ERR_PRX_CONN', 'UND_ERR_PRX_TLS']);

/** Sorts what undici threw. https://undici.nodejs.org/#/docs/api/Errors */
export function toHttpFault(error: unknown): HttpFault {
  if (error instanceof HttpFault) return error;
  const reason = reasonOf(error);
  if (reason === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new HttpFault('too-large', reason, error);
  if (CONNECT_REASONS.has(reason) || isOfConnecting(error)) return new HttpFault('connect', reason, error);
  if (PROXY_REASONS.has(reason)) return new HttpFault('proxy', reason, error);
  if (CLIENT_CERTIFICATE_REASON.test(reason)) return new HttpFault('client-certificate', reason, error);
  if (TLS_REASON.test(reason)) return new HttpFault('tls', reason, error);
  return new HttpFault('broken', reason, error);
}

/** What kept a connection to the proxy from being made. */
export function toProxyFault(error: unknown): HttpFault {
  if (error instanceof HttpFault) return error;
  const { kind, reason } = toHttpFault(error);
  return new HttpFault(kind === 'tls' || kind === 'client-certificate' ? 'proxy-tls' : 'proxy', reason, error);
}

/** Whether all that was tried is to find the server and to connect to it: then nothing was sent, whatever the code is. */
function isOfConnecting(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isOfConnecting);
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo')
  );
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

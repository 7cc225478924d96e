/**
 * Every code that a caller can meet, with the HTTP status that goes with it. A code is part of the contract: it may be added to, but
 * none changes its meaning.
 */
export const ERROR_STATUS = {
  invalid_request: 400,
  access_mode_denied: 403,
  not_hosted: 403,
  forbidden: 403,
  secret_not_found: 404,
  delete_not_supported: 405,
  policy_conflict: 409,
  payload_too_large: 413,
  unprocessable: 422,
  config_invalid: 500,
  internal: 500,
  authentication_failed: 502,
  upstream_error: 502,
  upstream_unavailable: 503,
  deadline_exceeded: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_STATUS, value);
}

/** `secret_not_found` becomes `SecretNotFound`: the `errorType` that a direct invocation of a Lambda function reports. */
export function toErrorName(code: ErrorCode): string {
  return code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The inverse of {@link toErrorName}; undefined for a name that belongs to no code. */
export function fromErrorName(name: string): ErrorCode | undefined {
  return (Object.keys(ERROR_STATUS) as ErrorCode[]).find((code) => toErrorName(code) === name);
}

export interface ConjurErrorOptions {
  /** What went wrong underneath. Kept out of enumeration, so that no logger prints it with the error. */
  cause?: unknown;
  /** Seconds after which a repetition makes sense, as the server said in `Retry-After`. */
  retryAfterSeconds?: number | undefined;
}

/**
 * The one error of this library. A caller acts on {@link ConjurError.code}; the message says what to do next and never holds a
 * secret value, key, token or certificate. In a direct Lambda invocation `name` arrives as `errorType`.
 */
export class ConjurError extends Error {
  readonly code: ErrorCode;
  /** The HTTP status that belongs to the code. */
  readonly status: number;
  declare readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: ConjurErrorOptions = {}) {
    super(message);
    this.code = code;
    this.status = ERROR_STATUS[code];
    Object.defineProperty(this, 'name', { value: toErrorName(code), configurable: true });
    Object.defineProperty(this, 'cause', { value: options.cause, configurable: true });
    Object.defineProperty(this, 'retryAfterSeconds', { value: options.retryAfterSeconds, configurable: true });
  }
}

/** True for errors of this library; with a code, only for errors of that code. */
export function isConjurError(value: unknown, code?: ErrorCode): value is ConjurError {
  return value instanceof ConjurError && (code === undefined || value.code === code);
}

import { ERROR_STATUS, type ErrorCode, toErrorName } from './error-code.ts';

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

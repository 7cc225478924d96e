/** Every code that a caller can meet, with the HTTP status that is closest to it. Codes may be added; none changes its meaning. */
export const ERROR_STATUS = {
  invalid_request: 400,
  forbidden: 403,
  secret_not_found: 404,
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

/** `secret_not_found` becomes `SecretNotFound`: the `name` of an error with that code. */
export function toErrorName(code: string): string {
  return code.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export interface ConjurErrorOptions {
  /** What went wrong underneath. Kept out of enumeration, so that no logger prints it with the error. */
  cause?: unknown;
  /** Seconds after which a repetition makes sense, as the server said in `Retry-After`. */
  retryAfterSeconds?: number | undefined;
  /** Default: the one of the code in `ERROR_STATUS`, or 500. */
  status?: number | undefined;
}

/**
 * The one error of this library. A caller acts on {@link ConjurError.code}; the message says what to do next and never holds a
 * secret value, key, token or certificate.
 *
 * @template Code what builds on the library may have codes of its own
 * @example
 * try {
 *   await conjur.readSecret('app/db/password');
 * } catch (error) {
 *   if (!ConjurError.is(error, 'secret_not_found')) throw error;
 * }
 */
export class ConjurError<Code extends string = ErrorCode> extends Error {
  readonly code: Code;
  /** The HTTP status that belongs to the code. */
  readonly status: number;
  declare readonly retryAfterSeconds: number | undefined;

  constructor(code: Code, message: string, options: ConjurErrorOptions = {}) {
    super(message);
    this.code = code;
    this.status = options.status ?? (isErrorCode(code) ? ERROR_STATUS[code] : 500);
    Object.defineProperty(this, 'name', { value: toErrorName(code), configurable: true });
    Object.defineProperty(this, 'cause', { value: options.cause, configurable: true });
    Object.defineProperty(this, 'retryAfterSeconds', { value: options.retryAfterSeconds, configurable: true });
  }

  /**
   * True for errors of this library; with a code, only for errors of that code.
   * @example
   * if (ConjurError.is(error, 'secret_not_found')) return undefined;
   */
  static is<Code extends string = ErrorCode>(value: unknown, code?: Code): value is ConjurError<Code> {
    return value instanceof ConjurError && (code === undefined || value.code === code);
  }
}

/** {@link ConjurError.is}, for codes of the library itself. */
export function isConjurError(value: unknown, code?: ErrorCode): value is ConjurError {
  return ConjurError.is(value, code);
}

/** Codes that say something about a name, and nothing about the others. */
const PER_NAME_CODES = new Set<ErrorCode>([
  'secret_not_found',
  'forbidden',
  'unprocessable',
  'invalid_request',
  'upstream_error',
]);

/** Whether what failed with one name of many says nothing about the others. */
export function isAboutOneName(error: unknown): error is ConjurError {
  return isConjurError(error) && PER_NAME_CODES.has(error.code);
}

/** What went wrong with one name of a batch. */
export interface NamedError<Code extends string = ErrorCode> {
  readonly name: string;
  readonly error: ConjurError<Code>;
}

/** What came of a call about many names: one bad name never loses the others. */
export interface Batch<Item, Code extends string = ErrorCode> {
  /** In the order asked for, each name once. */
  readonly items: readonly Item[];
  readonly errors: readonly NamedError<Code>[];
}

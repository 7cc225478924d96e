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

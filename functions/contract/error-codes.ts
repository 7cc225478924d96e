import { ConjurError, type ConjurErrorOptions, ERROR_STATUS, toErrorName } from '../../lib/errors.ts';

/** Every code that a function answers with: those of the Conjur client, and what only a function refuses. */
export const FUNCTION_ERROR_STATUS = {
  ...ERROR_STATUS,
  access_mode_denied: 403,
  not_hosted: 403,
  delete_not_supported: 405,
} as const;

export type FunctionErrorCode = keyof typeof FUNCTION_ERROR_STATUS;

/** What a function fails with. In a direct Lambda invocation its `name` arrives as `errorType`. */
export type FunctionError = ConjurError<FunctionErrorCode>;

export function createFunctionError(
  code: FunctionErrorCode,
  message: string,
  options: ConjurErrorOptions = {},
): FunctionError {
  return new ConjurError(code, message, { ...options, status: FUNCTION_ERROR_STATUS[code] });
}

export function isFunctionError(value: unknown): value is FunctionError {
  return value instanceof ConjurError && isFunctionErrorCode(value.code);
}

export function isFunctionErrorCode(value: unknown): value is FunctionErrorCode {
  return typeof value === 'string' && Object.hasOwn(FUNCTION_ERROR_STATUS, value);
}

/** The code whose error has this name, as `errorType` gives it; undefined where there is none. */
export function fromErrorName(name: string): FunctionErrorCode | undefined {
  return (Object.keys(FUNCTION_ERROR_STATUS) as FunctionErrorCode[]).find((code) => toErrorName(code) === name);
}

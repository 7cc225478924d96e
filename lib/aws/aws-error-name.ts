/** The name of an exception of AWS's, such as `ResourceNotFoundException`; `unknown` for what is no error. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * What may be kept of an error of AWS's SDK as a cause: its name and where it happened. The error itself holds the response, its
 * message may quote it, and a response may hold a secret.
 */
export function toAwsCause(error: unknown): Error {
  const cause = new Error('an error of the AWS SDK; its message is left out');
  if (!(error instanceof Error)) return cause;
  const place = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  Object.defineProperty(cause, 'name', { value: error.name, configurable: true });
  cause.stack = [`${error.name}: ${cause.message}`, ...place].join('\n');
  return cause;
}

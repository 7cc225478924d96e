import type { JsonAnswer } from '../http/create-json-server.ts';

/**
 * An error as the LiteLLM proxy answers it: `{"error": {"message", "type", "param", "code"}}`, the code being the status as text.
 */
export class LitellmError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string;

  constructor(status: number, message: string, type = 'internal_server_error', param = 'None') {
    super(message);
    this.name = 'LitellmError';
    this.status = status;
    this.type = type;
    this.param = param;
  }
}

/** What the proxy makes of an error with a structured detail: the detail as Python prints it, in the message. */
export function toDetailError(status: number, detail: string): LitellmError {
  return new LitellmError(status, `{'error': ${detail.includes("'") ? `"${detail}"` : `'${detail}'`}}`);
}

export function toErrorAnswer(error: unknown): JsonAnswer {
  if (error instanceof LitellmError) {
    const { status, message, type, param } = error;
    return { status, body: { error: { message, type, param, code: String(status) } } };
  }
  const message = `Internal Server Error, ${error instanceof Error ? error.message : 'unknown'}`;
  return { status: 500, body: { error: { message, type: 'internal_server_error', param: 'None', code: '500' } } };
}

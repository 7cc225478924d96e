/** What a call of the HTTP API came to. */
export interface Outcome {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly ok: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** Why it failed, in a sentence; undefined where it did not. */
  readonly failure: string | undefined;
}

export interface CallOptions {
  readonly body?: unknown;
  /** Marks the call in the log. Default: one of its own. */
  readonly correlationId?: string;
}

/** An HTTP API gives up after 30 seconds. */
const DEADLINE_MS = 35_000;

/** Calls that the console makes by itself, which the list of requests leaves out. */
export const BACKGROUND = 'console-background';

/** Marks one call of the console in the log. */
export function newCorrelationId(): string {
  return `console-${crypto.randomUUID().slice(0, 8)}`;
}

/** Calls the HTTP API, which is where this page comes from. Never throws: a failure is an outcome. */
export async function call(method: string, path: string, options: CallOptions = {}): Promise<Outcome> {
  const { body, correlationId = newCorrelationId() } = options;
  try {
    const response = await fetch(path, {
      method,
      headers: {
        'x-correlation-id': correlationId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return toOutcome(response.status, parse(await response.text()));
  } catch (error) {
    return {
      status: 0,
      ok: false,
      body: {},
      failure: `No answer (${(error as Error).name}). Is npm start still running?`,
    };
  }
}

function toOutcome(status: number, body: Record<string, unknown> | undefined): Outcome {
  const ok = status >= 200 && status < 300 && body !== undefined;
  if (ok) return { status, ok, body, failure: undefined };
  const detail = typeof body?.detail === 'string' ? body.detail : 'The answer is not one of the API.';
  const code = typeof body?.code === 'string' ? body.code : String(status);
  return { status, ok, body: body ?? {}, failure: `${code}: ${detail}` };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

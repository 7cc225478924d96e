/** A whole answer of the server behind the proxy. */
export interface Answer {
  readonly status: number;
  /** The reason phrase; empty for the usual one. */
  readonly reason: string;
  /** Names in lower case; one that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** The same answer with other headers or another body; its `content-length` is not touched, for sending sets it. */
export function changeAnswer(answer: Answer, change: Partial<Answer>): Answer {
  return { ...answer, ...change, headers: { ...answer.headers, ...change.headers } };
}

/** An answer that the proxy makes up. */
export function createAnswer(status: number, headers: Record<string, string>, body: string | Buffer): Answer {
  return { status, reason: '', headers, body: Buffer.from(body) };
}

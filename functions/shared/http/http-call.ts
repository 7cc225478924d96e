/** An HTTP request, whichever front it came through: HTTP API, REST API or function URL. */
export interface HttpCall {
  readonly method: string;
  /** Decoded path from the first segment that is one of ours, such as `/secrets/app/db password`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** By its name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly body: Buffer | undefined;
}

import type { IncomingHttpHeaders } from 'node:http';

/** One request to Conjur, before it is known which server it goes to and how often it is tried. */
export interface ConjurRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, url-encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * What must be fresh whenever the request leaves: a session token, a signature. Asked for just before each attempt; its headers
   * are added, its body takes the body's place.
   */
  readonly complete?: () => RequestCompletion | Promise<RequestCompletion>;
  /** What is being done, for messages: `reading the secret "a/b"`. Never holds a value. */
  readonly doing: string;
  /** Why a repetition does no harm. Without a reason the request is sent once. */
  readonly repeatableBecause?: string;
  /** A 409 means that another policy load holds the lock, and is worth a repetition. */
  readonly repeatOnConflict?: boolean;
  /** `read`: a follower may answer. `leader` (default): only the leader can. */
  readonly target?: 'read' | 'leader';
  /** Statuses that a follower may give only because it lags behind: then the leader is asked, and its answer counts. */
  readonly confirmAtLeader?: readonly number[];
  /**
   * True where a kept-alive socket must not be used: a request that may be sent only once must not meet a socket that died while
   * the container was frozen.
   */
  readonly freshConnection?: boolean;
}

export interface RequestCompletion {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface ConjurResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One attempt, as an observer is told of it: what a log line or a metric needs, and nothing secret. */
export interface AttemptReport {
  readonly method: string;
  readonly doing: string;
  /** Scheme, host and port of the server that was asked. */
  readonly server: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly durationMs: number;
  /** Absent where no answer came. */
  readonly status?: number;
  /** Absent where an answer came. */
  readonly fault?: string;
}

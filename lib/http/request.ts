import type { IncomingHttpHeaders } from 'node:http';

/** One request, before it is known which server it goes to and how often it is tried. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, url-encoded, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /**
   * What must be fresh whenever the request leaves: a session token, a signature. Asked for just before each attempt; its headers
   * are added, its body takes the body's place.
   */
  readonly freshParts?: () => FreshParts | Promise<FreshParts>;
  /** What is being done, for messages: `reading the secret "a/b"`. Never holds a value. */
  readonly action: string;
  /** True where a repetition does no harm. Default false: the request is sent once. */
  readonly idempotent?: boolean;
  /**
   * Asked before a repetition where it is unknown whether the request took effect: no answer came (`timeout`, `broken`), or a server in
   * front gave one (502, 504). The answer to take for its own, or undefined to send it again. Default: it is sent again.
   * @throws what the request is to fail with
   */
  readonly beforeRepeat?: () => Promise<HttpResponse | undefined>;
  /** Statuses that are worth a repetition besides 429, 502, 503 and 504: a lock that somebody else holds, say. Default: none. */
  readonly repeatOn?: readonly number[];
  /** `read`: a follower may answer. `leader` (default): only the leader can. */
  readonly target?: 'read' | 'leader';
  /** Statuses that a follower may give only because it lags behind: then the leader is asked, and its answer counts. */
  readonly confirmAtLeader?: readonly number[];
  /**
   * True where a kept-alive socket must not be used: a request that may be sent only once must not meet a socket that died while
   * the process was frozen.
   */
  readonly freshConnection?: boolean;
  /**
   * The content coding that the answer may come in; its bytes are then handed over as they are. Default `identity`. gzip, deflate and
   * brotli, which a proxy may apply unasked, are undone; any other coding is a fault.
   */
  readonly acceptEncoding?: string;
}

/** The parts of a request that are made anew for each attempt. */
export interface FreshParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A whole answer. Nobody has checked yet that it makes sense. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** False where a follower gave it. */
  readonly fromLeader: boolean;
  /** Of an answer that is usually repeated: why it was not, where more attempts were allowed. */
  readonly endedBy?: EndedBy;
}

/** What spares a server that fails: its circuit is open, or the client's budget of retries is spent. */
export type EndedBy = 'circuit' | 'retry-budget';

/** A request that was not sent to a server, or not repeated, to spare it. */
export interface HeldBackReport {
  readonly method: string;
  readonly action: string;
  /** Scheme, host and port of the server that was spared. */
  readonly server: string;
  readonly by: EndedBy;
}

/** One attempt, as an observer is told of it: what a log line or a metric needs, and nothing secret. */
export interface AttemptReport {
  readonly method: string;
  readonly action: string;
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

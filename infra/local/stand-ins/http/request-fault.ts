/**
 * What a stand-in does to one request instead of answering it in the ordinary way.
 *
 * - `drop-before`: the connection is reset and the request has no effect.
 * - `drop-after`: the request takes effect, then the connection is reset: the answer is lost.
 * - `hang-before`, `hang-after`: as above, but the client gets neither an answer nor a reset, so it runs into its own time-out.
 * - an answer `{status, headers?, body?}`: sent instead of the ordinary one; the request has no effect unless `after` is true.
 */
export type RequestFault =
  | 'drop-before'
  | 'drop-after'
  | 'hang-before'
  | 'hang-after'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly after?: boolean;
    };

/** A request as the hook sees it, before it takes effect. `input` is the parsed JSON body: in tests only, for it holds secrets. */
export interface SeenRequest {
  /** The operation (`PutSecretValue`), or method and route (`POST /key/regenerate`). */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Called once for each request; what it returns is done to the request. Undefined: nothing. */
export type RequestHook = (seen: SeenRequest) => RequestFault | undefined | Promise<RequestFault | undefined>;

/** True when the request must take effect although its client will not see the ordinary answer. */
export function takesEffect(fault: RequestFault | undefined): boolean {
  if (fault === undefined) return true;
  return typeof fault === 'string' ? fault.endsWith('-after') : fault.after === true;
}

/** One recorded conversation with a Conjur. It starts from an empty root policy. */
export interface Scenario {
  readonly name: string;
  readonly area: string;
  readonly steps: readonly Step[];
  /** Whether the order of a list in an answer does not count. Default: it does. */
  readonly areListsSets?: boolean;
}

/** A request and the answer that came back. */
export interface Step {
  readonly request: ScenarioRequest;
  readonly response: RecordedResponse;
}

/** What to send. `${account}` in the path stands for the account. */
export interface ScenarioRequest {
  readonly method: string;
  readonly path: string;
  /** Whose access token to send; null or absent for none. */
  readonly as?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Basic auth: login and key; the key `@key` is that login's current api key. */
  readonly basic?: readonly [string, string];
  readonly body?: string;
  readonly body_base64?: string;
  /** A character and how often it is repeated. */
  readonly body_repeat?: readonly [string, number];
  /** The body is this login's api key. */
  readonly body_key_of?: string;
  /** Login → where its api key stands in the answer: a role id of `created_roles`, or `body`. */
  readonly learn_key?: Readonly<Record<string, string>>;
}

/** An answer with its volatile parts replaced by placeholders. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: RecordedBody;
}

/** A body in the form that shows it best. */
export type RecordedBody = { readonly json: unknown } | { readonly text: string } | { readonly base64: string };

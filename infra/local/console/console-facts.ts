/** A document that the console shows. */
export interface DocumentEntry {
  /** From the root of the project, such as `docs/settings.md`. */
  readonly path: string;
  readonly title: string;
}

/** What the page says of the stack. Nothing in it opens anything: no key stands here. */
export interface ConsoleFacts {
  readonly account: string;
  readonly lambdaUrl: string;
  readonly conjurUrl: string;
  /** Undefined with a real Conjur, as are the next two. */
  readonly secretsManagerUrl: string | undefined;
  readonly litellmUrl: string | undefined;
  /** Names of the functions' own credentials in Secrets Manager, which can be rotated; none with a real Conjur. */
  readonly credentials: readonly string[];
  readonly documents: readonly DocumentEntry[];
}

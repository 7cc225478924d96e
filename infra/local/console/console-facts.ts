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
  /** Name of the credential in Secrets Manager that can be rotated. */
  readonly credential: string | undefined;
  readonly documents: readonly DocumentEntry[];
}

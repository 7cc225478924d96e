import type { Deadline } from '../deadline.ts';
import type { Secret } from '../secret.ts';

/** A login with its api key. */
export interface ApiKeyCredential {
  /** `admin`, or `host/path/name` for a host; as Conjur spells it, not url-encoded. */
  readonly login: string;
  readonly apiKey: Secret;
}

/** Where a credential comes from: a setting, or AWS Secrets Manager. */
export interface CredentialSource {
  /**
   * The credential to try now.
   * @param refusals 0 for the credential at hand; after a refusal, another one, or undefined when there is no other
   */
  get(refusals: number, deadline: Deadline): Promise<ApiKeyCredential | undefined>;
  /** Told of a key that the client itself has rotated, so that it goes on with the new one. */
  replace(credential: ApiKeyCredential): void;
  /** Where an operator finds it, for messages: `CYBERARK_API_KEY`. */
  readonly description: string;
}

/** A credential that was given once and for all. */
export function createStaticCredential(
  credential: ApiKeyCredential,
  description = 'CYBERARK_API_KEY',
): CredentialSource {
  let held = credential;
  return {
    description,
    get: async (refusals) => (refusals === 0 ? held : undefined),
    replace(newer) {
      held = newer;
    },
  };
}

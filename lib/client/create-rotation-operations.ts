import type { CredentialSource } from '../authn/credential-source.ts';
import type { Deadline } from '../deadline.ts';
import { ConjurError } from '../errors/conjur-error.ts';
import type { CallOptions, ConjurClient } from './conjur-client.ts';
import type { ConjurContext } from './conjur-context.ts';
import { lastRotation } from './last-rotation.ts';
import { rotateApiKey } from './rotate-api-key.ts';
import { rotateApiKeyOf } from './rotate-api-key-of.ts';

export interface RotationOperationsPorts {
  readonly context: ConjurContext;
  /** Where the client's own api key comes from; undefined where it logs in by other means. */
  readonly source: CredentialSource | undefined;
  readonly deadlineOf: (call?: CallOptions) => Deadline;
}

/** The operations on api keys. */
export function createRotationOperations({
  context,
  source,
  deadlineOf,
}: RotationOperationsPorts): Pick<ConjurClient, 'rotateApiKey' | 'rotateApiKeyOf' | 'lastRotation'> {
  return {
    async rotateApiKey(options = {}) {
      const deadline = deadlineOf(options);
      const credential = options.credential ?? (await source?.get(0, deadline));
      if (credential === undefined) throw noApiKey();
      const apiKey = await rotateApiKey(context, credential, deadline);
      if (options.credential === undefined) source?.replace({ login: credential.login, apiKey });
      return apiKey;
    },
    rotateApiKeyOf: (role, options = {}) => rotateApiKeyOf(context, role, options, deadlineOf(options)),
    lastRotation: (role, options) => lastRotation(context, role, deadlineOf(options)),
  };
}

function noApiKey(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'This client does not log in with an api key, so it has none of its own to rotate. Pass the credential whose key is to be rotated.',
  );
}

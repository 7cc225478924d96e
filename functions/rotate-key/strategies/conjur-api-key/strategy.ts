import * as v from 'valibot';
import { ConjurError } from '../../../../lib/errors.ts';
import { rotateCredential } from '../conjur-api-key/rotate-credential.ts';
import type { RotationStrategy } from '../strategy.ts';

const secretId = v.pipe(v.string(), v.minLength(1), v.maxLength(2_048));

const schema = v.strictObject({
  strategy: v.literal('conjur-api-key'),
  /** Name or ARN of the credential in Secrets Manager. Default: `CYBERARK_API_KEY_SECRET_ID`, the function's own. */
  secret_id: v.optional(secretId),
  /** The same as `secret_id`, for those who name all that they rotate by `name`. */
  name: v.optional(secretId),
});

/**
 * The api key of a host, in AWS Secrets Manager, by the same steps as Secrets Manager's own rotation. There is no `return_value`: an
 * api key opens all that its host may read.
 */
export const conjurApiKey: RotationStrategy<typeof schema> = {
  name: 'conjur-api-key',
  schema,
  variablesOf: () => [],
  rotate: (ports, { secret_id: id, name }, deadline, runStep) => {
    const chosen = id ?? name ?? ports.settings.apiKeySecretId;
    if (chosen === undefined) throw noSecret();
    if (id !== undefined && name !== undefined && id !== name) throw twoSecrets();
    return rotateCredential(ports, chosen, deadline, runStep);
  },
};

function noSecret(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'The call names no secret. Give "secret_id", the name or ARN of the credential in Secrets Manager, or set CYBERARK_API_KEY_SECRET_ID.',
  );
}

function twoSecrets(): ConjurError {
  return new ConjurError('invalid_request', '"secret_id" and "name" name two secrets. Give one of them.');
}

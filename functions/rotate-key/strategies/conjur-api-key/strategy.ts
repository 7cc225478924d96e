import { ConjurError } from '../../../../lib/errors.ts';
import { conjurApiKeyCall } from '../../../contract/rotate-key.ts';
import { rotateCredential } from '../conjur-api-key/rotate-credential.ts';
import { createStrategy } from '../strategy.ts';

/**
 * The api key of a host, in AWS Secrets Manager, by the same steps as Secrets Manager's own rotation. There is no `return_value`: an
 * api key opens all that its host may read.
 */
export const conjurApiKey = createStrategy({
  name: 'conjur-api-key',
  schema: conjurApiKeyCall,
  affectedVariables: () => [],
  secretId: ({ secret_id: id, name }, settings) => id ?? name ?? settings.credentialSecretId,
  rotate: (deps, { secret_id: id, name }, deadline, logged) => {
    const chosen = id ?? name ?? deps.settings.credentialSecretId;
    if (chosen === undefined) throw noSecret();
    if (id !== undefined && name !== undefined && id !== name) throw twoSecrets();
    return rotateCredential(deps, chosen, deadline, logged);
  },
});

function noSecret(): ConjurError {
  return new ConjurError(
    'invalid_request',
    'The call names no secret. Give "secret_id", the name or ARN of the credential in Secrets Manager, or set CYBERARK_API_KEY_SECRET_ID.',
  );
}

function twoSecrets(): ConjurError {
  return new ConjurError('invalid_request', '"secret_id" and "name" name two secrets. Give one of them.');
}

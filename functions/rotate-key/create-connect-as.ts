import type { Dispatcher } from 'undici';
import { createApiKeyAuthenticator } from '../../lib/authn/api-key.ts';
import { createStaticCredential } from '../../lib/authn/credential-source.ts';
import { createConjurClient } from '../../lib/client/create-conjur-client.ts';
import type { Container } from '../shared/container.ts';
import type { RotationPorts } from './rotation-ports.ts';

/**
 * Clients of the container's Conjur with the api keys of other hosts.
 * @param dispatcher of undici, which its owner closes. Default: each client has connections of its own
 */
export function createConnectAs(
  { settings, clock, logger }: Pick<Container, 'settings' | 'clock' | 'logger'>,
  dispatcher?: Dispatcher,
): RotationPorts['connectAs'] {
  return (credential, source) =>
    createConjurClient(settings, {
      clock,
      logger,
      authenticator: createApiKeyAuthenticator(settings.account, createStaticCredential(credential, source)),
      ...(dispatcher === undefined ? {} : { dispatcher }),
    });
}

import { randomInt, randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { createApiKeyAuthenticator } from '../../lib/auth/api-key.ts';
import { createStaticCredential } from '../../lib/auth/credential.ts';
import { createConjurClient } from '../../lib/client.ts';
import type { Deadline } from '../../lib/clock.ts';
import { createDispatchers } from '../../lib/http/dispatchers.ts';
import { createTransport } from '../../lib/http/transport.ts';
import { createNameOf } from '../../lib/settings.ts';
import type { Container } from '../runtime/container.ts';
import { createFunctionEmf } from '../runtime/log.ts';
import type { RotationDeps } from './deps.ts';
import { createLitellmApi, type LitellmApi } from './strategies/litellm-virtual-key/litellm-api.ts';
import { litellmConfigInvalid, loadMasterKey } from './strategies/litellm-virtual-key/master-key.ts';

/** What a container's rotations work with. AWS's SDK is heavy, and is loaded by the rotations that need it: no cold start pays for it. */
export function createRotationDeps(container: Container): RotationDeps {
  const { settings, clock, logger } = container;
  return {
    ...container,
    randomInt: (bound) => randomInt(bound),
    randomUuid: randomUUID,
    connectAs: createConnectAs(container),
    loadSecretVersions: onceUnlessFailed(async () =>
      (await import('./strategies/conjur-api-key/create-secret-versions.ts')).createSecretVersions(),
    ),
    loadLitellm: createLitellmLoader(container),
    publish: settings.rotationEventBus === undefined ? undefined : createLazyPublisher(settings.rotationEventBus),
    recordMetrics: (metrics, dimensions) =>
      logger.info('rotation metrics', {}, createFunctionEmf('rotate-key', dimensions)(metrics, clock.now())),
  };
}

function createLazyPublisher(bus: string): NonNullable<RotationDeps['publish']> {
  const load = onceUnlessFailed(async () => (await import('./create-publisher.ts')).createPublisher(bus));
  return async (event, deadline) => (await load())(event, deadline);
}

function createLitellmLoader({ settings, clock }: Container): (deadline: Deadline) => Promise<LitellmApi> {
  const { litellm, proxy, timeoutMs, maxAttempts } = settings;
  const loadReader = onceUnlessFailed(async () =>
    (await import('../../lib/auth/create-secret-reader.ts')).createSecretReader(),
  );
  const open = onceUnlessFailed(async () => {
    if (litellm.baseUrl === undefined) throw litellmConfigInvalid('LITELLM_API_BASE is missing');
    return createTransport({
      // Conjur's TLS settings are not LiteLLM's: that is trusted by the system's authorities (and NODE_EXTRA_CA_CERTS).
      dispatchers: createDispatchers({ tls: SYSTEM_TLS, proxy, timeoutMs }),
      baseUrl: litellm.baseUrl,
      readBaseUrls: [],
      timeoutMs,
      maxAttempts,
      clock,
      random: Math.random,
    });
  });
  return async (deadline) => createLitellmApi(await open(), await loadMasterKey(litellm, loadReader, deadline));
}

const SYSTEM_TLS = { verify: true, ca: undefined, clientCert: undefined, clientKey: undefined };

/** Makes a thing once, unless making it failed. */
function onceUnlessFailed<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/**
 * Clients of the container's Conjur with the api keys of other hosts.
 * @param dispatcher of undici, which its owner closes. Default: each client has connections of its own
 */
export function createConnectAs(
  {
    settings,
    clock,
    logger,
    observed,
  }: Pick<Container, 'settings' | 'clock' | 'logger'> & Partial<Pick<Container, 'observed'>>,
  dispatcher?: Dispatcher,
): RotationDeps['connectAs'] {
  return (credential, source) =>
    // At the leader alone: a follower may lag behind, and let in a key that is dead.
    createConjurClient(
      { ...settings, readBaseUrls: [] },
      {
        clock,
        logger,
        ...observed,
        authenticator: createApiKeyAuthenticator(
          settings.account,
          createStaticCredential(credential, source),
          createNameOf(settings),
        ),
        ...(dispatcher === undefined ? {} : { dispatcher }),
      },
    );
}

import { randomInt } from 'node:crypto';
import type { Deadline } from '../../lib/deadline.ts';
import { createTransport } from '../../lib/transport/create-transport.ts';
import { createDispatchers } from '../../lib/transport/dispatchers.ts';
import type { Container } from '../shared/container.ts';
import { createFunctionEmf } from '../shared/emf.ts';
import { createConnectAs } from './create-connect-as.ts';
import { createLitellmApi, type LitellmApi } from './litellm/create-litellm-api.ts';
import { litellmConfigInvalid, loadMasterKey } from './litellm/load-master-key.ts';
import type { RotationPorts } from './rotation-ports.ts';

const kept = new WeakMap<Container, RotationPorts>();

/**
 * The real ports of a container, kept from one invocation to the next. AWS's SDK is heavy, and is loaded by the rotations that need it:
 * a cold start does not pay for it.
 */
export function createRotationPorts(container: Container): RotationPorts {
  const ports = kept.get(container) ?? connect(container);
  kept.set(container, ports);
  return ports;
}

function connect(container: Container): RotationPorts {
  const { settings, clock } = container;
  const toEmf = createFunctionEmf('rotate-key');
  return {
    ...container,
    randomInt: (bound) => randomInt(bound),
    connectAs: createConnectAs(container),
    loadSecretVersions: keep(async () =>
      (await import('./secrets-manager/create-secret-versions.ts')).createSecretVersions(),
    ),
    loadLitellm: createLitellmLoader(container),
    publish: settings.rotationEventBus === undefined ? undefined : createLazyPublisher(settings.rotationEventBus),
    recordMetrics: (metrics) => process.stdout.write(`{${toEmf(metrics, clock.now())}}\n`),
  };
}

function createLazyPublisher(bus: string): NonNullable<RotationPorts['publish']> {
  const load = keep(async () => (await import('./reporting/create-publisher.ts')).createPublisher(bus));
  return async (event, deadline) => (await load())(event, deadline);
}

function createLitellmLoader({ settings, clock }: Container): (deadline: Deadline) => Promise<LitellmApi> {
  const { litellm, proxy, timeoutMs, maxAttempts } = settings;
  const loadReader = keep(async () => (await import('../../lib/aws/create-secret-reader.ts')).createSecretReader());
  const open = keep(async () => {
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
function keep<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

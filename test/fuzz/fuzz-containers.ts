import { randomInt, randomUUID } from 'node:crypto';
import { readSecretFunction } from '../../functions/read-secret/api.ts';
import { rotateKeyFunction } from '../../functions/rotate-key/api.ts';
import { createConnectAs } from '../../functions/rotate-key/create-deps.ts';
import type { RotationDeps } from '../../functions/rotate-key/deps.ts';
import { createSecretVersions } from '../../functions/rotate-key/strategies/conjur-api-key/create-secret-versions.ts';
import type { Container } from '../../functions/runtime/container.ts';
import { createFunction, type Handler } from '../../functions/runtime/create-function.ts';
import { createLogger } from '../../functions/runtime/log.ts';
import { writeSecretFunction } from '../../functions/write-secret/api.ts';
import { createConjurClient } from '../../lib/client.ts';
import { systemClock } from '../../lib/clock.ts';
import { settingsFor } from '../support/settings.ts';
import type { FunctionName } from './arbitraries/fuzzed-event.ts';
import { type FuzzWorld, startFuzzWorld } from './fuzz-world.ts';

/** Settings under which events are tried: each opens paths that the others close. */
const ENVIRONMENTS: readonly Record<string, string>[] = [
  {},
  { CYBERARK_STORE_VIRTUAL_KEYS: 'true', CYBERARK_ALLOW_DELETE: 'true', CYBERARK_SECRET_CACHE_TTL: '60' },
  { CYBERARK_ACCESS_MODE: 'read_only', CYBERARK_HOSTED_KEYS: 'app/db/password,ключ/鍵' },
  { CYBERARK_ACCESS_MODE: 'write_only' },
  { CYBERARK_HOSTED_KEYS: 'app/db/user', CYBERARK_GRANT_READ: 'group:readers' },
  {
    CYBERARK_POLICY_BRANCH: 'app',
    CYBERARK_PREFIX_FOR_STORED_VIRTUAL_KEYS: 'app/keys',
    CYBERARK_STORE_VIRTUAL_KEYS: 'true',
  },
  { CYBERARK_GRANT_WRITE: 'group:no/such', CYBERARK_ALLOW_DELETE: 'true' },
  { CYBERARK_USERNAME: 'host/app/reader', CYBERARK_API_KEY: 'reader' },
];

export interface FuzzContainers {
  readonly count: number;
  handler(name: FunctionName, container: number): Handler;
  /** Log lines so far. */
  readonly lines: string[];
  close(): Promise<void>;
}

/** All three functions over one embedded Conjur, once for each of the environments. */
export async function createFuzzContainers(): Promise<FuzzContainers> {
  const world = await startFuzzWorld();
  const lines: string[] = [];
  const logger = createLogger((line) => lines.push(line), systemClock.now);
  const containers = ENVIRONMENTS.map((environment) => {
    const key = environment.CYBERARK_API_KEY === 'reader' ? { CYBERARK_API_KEY: world.readerKey } : {};
    const settings = settingsFor(world.conjur, { ...environment, ...key });
    const client = createConjurClient(settings, { dispatcher: world.conjur.dispatcher, logger });
    const container: Container = {
      settings,
      conjur: client,
      clock: systemClock,
      logger,
      observed: {},
      countAttempts: () => 0,
      takeAttempts: () => [],
      takeHeldBack: () => [],
      takeRefreshFailure: () => undefined,
    };
    return createFunctions(container, createRotationDeps(world, container));
  });
  return {
    count: containers.length,
    handler: (name, container) => (containers[container] as (typeof containers)[number])[name],
    lines,
    close: () => world.close(),
  };
}

function createFunctions(container: Container, deps: RotationDeps): Record<FunctionName, Handler> {
  const source = { container };
  const rotateKey: typeof rotateKeyFunction = {
    ...rotateKeyFunction,
    connect: () => deps,
  };
  return {
    'read-secret': createFunction(readSecretFunction, source),
    'write-secret': createFunction(writeSecretFunction, source),
    'rotate-key': createFunction(rotateKey, source),
  };
}

function createRotationDeps(world: FuzzWorld, container: Container): RotationDeps {
  return {
    ...container,
    randomInt: (bound) => randomInt(bound),
    randomUuid: randomUUID,
    connectAs: createConnectAs(container, world.conjur.dispatcher),
    loadSecretVersions: async () => createSecretVersions(world.aws),
    loadLitellm: async () => world.litellm,
    publish: undefined,
    recordMetrics: (metrics) => void JSON.stringify(metrics),
  };
}

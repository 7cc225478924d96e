import { randomInt, randomUUID } from 'node:crypto';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseDirect } from '../../../../functions/rotate-key/api.ts';
import { createConnectAs } from '../../../../functions/rotate-key/create-deps.ts';
import type { RotationDeps } from '../../../../functions/rotate-key/deps.ts';
import { type RotateKeyAnswer, rotate } from '../../../../functions/rotate-key/rotate.ts';
import { createSecretVersions } from '../../../../functions/rotate-key/strategies/conjur-api-key/create-secret-versions.ts';
import { createLitellmApi } from '../../../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import type { EmfMetric } from '../../../../functions/runtime/log.ts';
import type { FunctionSettings } from '../../../../functions/runtime/settings.ts';
import { createConjurClient } from '../../../../lib/client.ts';
import type { Clock } from '../../../../lib/clock.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { sharedDispatcher } from '../../../../lib/http/dispatchers.ts';
import { createTransport } from '../../../../lib/http/transport.ts';
import { silentLogger } from '../../../../lib/logger.ts';
import { Secret } from '../../../../lib/secret.ts';
import { type Exchange, exchangeBy } from './exchange.ts';
import { Gate } from './gate.ts';
import { createGatedDispatcher, createGatedSecretsManager } from './gated-clients.ts';
import { MASTER_KEY, type World } from './world.ts';

export interface ProcessOptions {
  readonly settings?: Partial<FunctionSettings>;
  readonly ports?: Partial<RotationDeps>;
  /** What stands between the process and Conjur. Default: nothing. */
  readonly exchange?: Exchange;
  /** The same for LiteLLM. */
  readonly litellm?: Exchange;
  /** The same for Secrets Manager. */
  readonly aws?: Pick<SecretsManagerClient, 'send'>;
}

/** A process of rotate-key, which has just started: it holds nothing that another one knew. */
export interface RotateKeyProcess {
  readonly gate: Gate;
  /** By name. */
  readonly metrics: Record<string, Omit<EmfMetric, 'name'>>[];
  /** Of each of {@link RotateKeyProcess.metrics}, beside the function's name. */
  readonly dimensions: (Readonly<Record<string, string>> | undefined)[];
  /** Takes what Lambda would hand over. @throws CrashedError where the process crashes on the way */
  invoke(event: unknown): Promise<RotateKeyAnswer>;
}

/** What the caller of a function sees when its process has gone: `Runtime.ExitError`. */
export class CrashedError extends Error {}

/** Sleeps end at once: no test waits for a repetition. */
export const impatientClock: Clock = { now: Date.now, sleep: async () => undefined };

export function startProcess(world: World, gate = new Gate(), options: ProcessOptions = {}): RotateKeyProcess {
  const settings = { ...world.settings, ...options.settings };
  const clock = impatientClock;
  const exchange = exchangeBy(world.dispatcher);
  const conjurPorts = {
    clock,
    dispatcher: createGatedDispatcher(gate, 'conjur', options.exchange ?? exchange),
  };
  const send = createTransport({
    dispatchers: sharedDispatcher(createGatedDispatcher(gate, 'litellm', options.litellm ?? exchange)),
    baseUrl: new URL(world.litellmUrl),
    readBaseUrls: [],
    timeoutMs: settings.timeoutMs,
    maxAttempts: settings.maxAttempts,
    clock,
    random: Math.random,
  });
  const metrics: RotateKeyProcess['metrics'] = [];
  const dimensions: RotateKeyProcess['dimensions'] = [];
  const ports: RotationDeps = {
    settings,
    clock,
    logger: silentLogger,
    countAttempts: () => 0,
    conjur: createConjurClient(settings, conjurPorts),
    randomInt: (bound) => randomInt(bound),
    randomUuid: randomUUID,
    connectAs: createConnectAs({ settings, clock, logger: silentLogger }, conjurPorts.dispatcher),
    loadSecretVersions: async () => createSecretVersions(createGatedSecretsManager(gate, options.aws ?? world.aws)),
    loadLitellm: async () => createLitellmApi(send, Secret.of(MASTER_KEY)),
    publish: undefined,
    recordMetrics: (recorded, by) => {
      metrics.push(Object.fromEntries(recorded.map(({ name, ...metric }) => [name, metric])));
      dimensions.push(by);
    },
    ...options.ports,
  };
  return {
    gate,
    metrics,
    dimensions,
    async invoke(event) {
      const crash = gate.crashed.then(() => {
        throw new CrashedError('The process has crashed.');
      });
      return Promise.race([rotate(ports, parseDirect(event), new Deadline(clock, 30_000)), crash]);
    },
  };
}

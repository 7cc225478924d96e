import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Agent, type Dispatcher, request } from 'undici';
import type { FunctionSettings } from '../../../../functions/runtime/settings.ts';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import { createLocalLitellm } from '../../../../infra/local/stand-ins/litellm/create-local-litellm.ts';
import {
  createLocalSecretsManager,
  type LocalSecretsManager,
} from '../../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import type { RotationEvent as StepEvent } from '../../../../infra/local/stand-ins/secrets-manager/rotation/rotation-event.ts';
import { type ConjurClient, createConjurClient } from '../../../../lib/client.ts';

export const MASTER_KEY = 'sk-master-key-of-the-tests';

export interface WorldOptions {
  /** Default 480. */
  readonly tokenTtlSeconds?: number;
  /** Default true. */
  readonly licensed?: boolean | 403 | 500;
  /** Whether LiteLLM lets callers choose keys. Default true. */
  readonly customKeys?: boolean;
}

export interface LitellmAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Everything outside a function's process: Conjur, Secrets Manager and LiteLLM, each on a port of its own. */
export interface World {
  readonly conjur: LocalConjur;
  readonly secretsManager: LocalSecretsManager;
  readonly settings: FunctionSettings;
  /** The operator's own access, past every gate. */
  readonly admin: ConjurClient;
  readonly aws: SecretsManagerClient;
  readonly dispatcher: Dispatcher;
  readonly litellmUrl: string;
  /** Calls LiteLLM; as the master key unless another Bearer is given. */
  litellm(method: string, path: string, body?: unknown, bearer?: string): Promise<LitellmAnswer>;
  /** Who answers Secrets Manager's rotation events from now on. */
  setRotationFunction(invoke: (event: StepEvent) => Promise<unknown>): void;
  close(): Promise<void>;
}

/** @param environment settings that every process of the world starts with, beyond the addresses and keys of the servers */
export async function startWorld(
  environment: Readonly<Record<string, string>> = {},
  { tokenTtlSeconds = 480, licensed = true, customKeys = true }: WorldOptions = {},
): Promise<World> {
  let invoke: (event: StepEvent) => Promise<unknown> = async () => undefined;
  const conjur = await createLocalConjur({ tokenTtlSeconds, policyLoadMs: 0 });
  const litellm = await createLocalLitellm({ masterKey: MASTER_KEY, licensed, customKeys });
  const secretsManager = await createLocalSecretsManager({
    invokeRotation: async (event) => void (await invoke(event)),
    onRotationFailed: () => undefined,
  });
  const { settings } = parseFunctionSettings(
    {
      CYBERARK_API_BASE: conjur.url,
      CYBERARK_API_KEY: conjur.adminApiKey,
      CYBERARK_MAX_ATTEMPTS: '2',
      // Time-outs are planned; a busy machine must not add to them.
      CYBERARK_TIMEOUT_MS: '30000',
      LITELLM_API_BASE: litellm.url,
      LITELLM_MASTER_KEY: MASTER_KEY,
      ...environment,
    },
    { readFile: () => '' },
  );
  const dispatcher = new Agent();
  const aws = createAwsClient(secretsManager.url);
  return {
    conjur,
    secretsManager,
    settings,
    admin: createConjurClient(settings, { dispatcher }),
    aws,
    dispatcher,
    litellmUrl: litellm.url,
    async litellm(method, path, body, bearer = MASTER_KEY) {
      const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
      const answer = await request(litellm.url + path, {
        method,
        headers,
        body: JSON.stringify(body) ?? null,
        dispatcher,
      });
      return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
    },
    setRotationFunction(next) {
      invoke = next;
    },
    async close() {
      aws.destroy();
      await dispatcher.destroy();
      await Promise.all([conjur.close(), litellm.close(), secretsManager.close()]);
    },
  };
}

export function createAwsClient(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
}

import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createLocalLitellm } from '../litellm/create-local-litellm.ts';
import { createLocalSecretsManager } from '../secrets-manager/create-local-secrets-manager.ts';
import type { LocalConjurAdmin } from './local-conjur-admin.ts';
import { CREDENTIAL_NAME, DEMO_KEY_NAME } from './stand-in-names.ts';

export interface StandInsOptions {
  readonly secretsManagerPort: number;
  readonly litellmPort: number;
  /** Folder of their data; undefined: in memory. */
  readonly folder: string | undefined;
  /** Where Secrets Manager finds the rotation function. */
  readonly lambdaUrl: string;
  readonly region: string;
  readonly conjur: LocalConjurAdmin;
}

export interface StandIns {
  readonly secretsManagerUrl: string;
  readonly litellmUrl: string;
  /** What the functions need to know of them. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const LOCAL_MASTER_KEY = 'sk-local-master-key';
const PAIR = ['conjur-functions/credential/blue', 'conjur-functions/credential/green'] as const;

/** Starts what stands for Secrets Manager and LiteLLM, each with something in it that can be rotated. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const fileOf = (name: string): string => (options.folder === undefined ? ':memory:' : join(options.folder, name));
  const secretsManager = await createLocalSecretsManager({
    port: options.secretsManagerPort,
    data: fileOf('secrets-manager.json'),
    rotationEndpoint: options.lambdaUrl,
  });
  const litellm = await createLocalLitellm({
    port: options.litellmPort,
    data: fileOf('litellm.json'),
    masterKey: LOCAL_MASTER_KEY,
  });
  const close = async (): Promise<void> => {
    await litellm.close();
    await secretsManager.close();
  };
  try {
    await createDemoKey(litellm.url, options.conjur);
    await createCredential(secretsManager.url, options);
  } catch (error) {
    await close();
    throw error;
  }
  const environment = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    AWS_REGION: options.region,
    // The stand-in checks no signature; with these, no real credential of this machine comes near it.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LITELLM_API_BASE: litellm.url,
    LITELLM_MASTER_KEY: LOCAL_MASTER_KEY,
  };
  return { secretsManagerUrl: secretsManager.url, litellmUrl: litellm.url, environment, close };
}

/** The api key of the pair's first host. One that is there already stays: its key is the one that works. */
async function createCredential(endpoint: string, { region, conjur }: StandInsOptions): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  try {
    if (await exists(client)) return;
    await client.send(new CreateSecretCommand({ Name: CREDENTIAL_NAME, SecretString: await newCredential(conjur) }));
  } finally {
    client.destroy();
  }
}

async function exists(client: SecretsManagerClient): Promise<boolean> {
  try {
    await client.send(new DescribeSecretCommand({ SecretId: CREDENTIAL_NAME }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
}

async function newCredential(conjur: LocalConjurAdmin): Promise<string> {
  const hosts = PAIR.map((id) => `host/${id}`);
  return JSON.stringify({
    username: hosts[0],
    api_key: await conjur.rotateApiKey(PAIR[0]),
    hosts,
    canary: DEMO_KEY_NAME,
  });
}

async function createDemoKey(litellmUrl: string, conjur: LocalConjurAdmin): Promise<void> {
  if (await conjur.hasValue(DEMO_KEY_NAME)) return;
  const response = await fetch(`${litellmUrl}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${LOCAL_MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ models: [] }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`The LiteLLM stand-in answered ${response.status} to /key/generate.`);
  const { key } = (await response.json()) as { key: string };
  await conjur.setValue(DEMO_KEY_NAME, key);
}

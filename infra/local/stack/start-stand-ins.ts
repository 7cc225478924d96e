import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { FUNCTION_NAMES, type FunctionName } from '../../build/function-names.ts';
import { createLocalLitellm } from '../stand-ins/litellm/create-local-litellm.ts';
import { createLocalSecretsManager } from '../stand-ins/secrets-manager/create-local-secrets-manager.ts';
import type { LocalConjurAdmin } from './local-conjur-admin.ts';
import { CREDENTIAL_NAMES, DEMO_KEY_NAME } from './stand-in-names.ts';

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

/** Starts what stands for Secrets Manager and LiteLLM, each with something in it that can be rotated. */
export async function startStandIns(options: StandInsOptions): Promise<StandIns> {
  const fileOf = (name: string): string => (options.folder === undefined ? ':memory:' : join(options.folder, name));
  const secretsManager = await createLocalSecretsManager({
    port: options.secretsManagerPort,
    data: fileOf('secrets-manager.json'),
    rotationEndpoint: options.lambdaUrl,
    region: options.region,
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
    await createCredentials(secretsManager.url, options);
  } catch (error) {
    await close();
    throw error;
  }
  const environment = {
    // The calls that npm start prints rotate the functions' own credential too.
    CYBERARK_ROTATE_CREDENTIALS_OVER_HTTP: 'true',
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

/**
 * For each function the api key of its pair's first host. One that works stays; one of a Conjur whose data file is gone is replaced, since
 * nobody could rotate it any more.
 */
async function createCredentials(endpoint: string, { region, conjur }: StandInsOptions): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region, credentials });
  try {
    for (const name of FUNCTION_NAMES) await createCredential(client, name, conjur);
  } finally {
    client.destroy();
  }
}

async function createCredential(
  client: SecretsManagerClient,
  functionName: FunctionName,
  conjur: LocalConjurAdmin,
): Promise<void> {
  const secretId = CREDENTIAL_NAMES[functionName];
  try {
    const current = await readCredential(client, secretId);
    if (current !== undefined && (await works(conjur, functionName, current))) return;
    const SecretString = await newCredential(conjur, functionName);
    if (current === undefined) await client.send(new CreateSecretCommand({ Name: secretId, SecretString }));
    else await client.send(new PutSecretValueCommand({ SecretId: secretId, SecretString }));
  } catch (error) {
    // A secret that waits for its deletion is somebody's wish.
    if (!(error instanceof InvalidRequestException)) throw error;
  }
}

async function readCredential(client: SecretsManagerClient, secretId: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** As in infra/conjur/functions.yml. */
function pairOf(functionName: FunctionName): [string, string] {
  return [`conjur-functions/${functionName}/blue`, `conjur-functions/${functionName}/green`];
}

/** Content of another form is somebody's own, and not ours to replace; another pair is that of an older local stack. */
async function works(conjur: LocalConjurAdmin, functionName: FunctionName, credential: string): Promise<boolean> {
  const pair = parsePair(credential);
  if (pair === undefined) return true;
  const isOwn = pairOf(functionName).some((host) => pair.username === `host/${host}`);
  return isOwn && conjur.accepts(pair.username, pair.apiKey);
}

function parsePair(json: string): { username: string; apiKey: string } | undefined {
  try {
    const { username, api_key: apiKey } = JSON.parse(json) as Record<string, unknown>;
    return typeof username === 'string' && typeof apiKey === 'string' ? { username, apiKey } : undefined;
  } catch {
    return undefined;
  }
}

async function newCredential(conjur: LocalConjurAdmin, functionName: FunctionName): Promise<string> {
  const pair = pairOf(functionName);
  const hosts = pair.map((id) => `host/${id}`);
  const credential = { username: hosts[0], api_key: await conjur.rotateApiKey(pair[0]), hosts };
  // write-secret cannot read, and so can try no canary.
  return JSON.stringify(functionName === 'write-secret' ? credential : { ...credential, canary: DEMO_KEY_NAME });
}

/** A key that LiteLLM knows stays, also one that a rotation which was broken off has only staged: the next rotation promotes it. */
async function createDemoKey(litellmUrl: string, conjur: LocalConjurAdmin): Promise<void> {
  for (const name of [DEMO_KEY_NAME, `${DEMO_KEY_NAME}.pending`]) {
    const key = await conjur.readValue(name);
    if (key !== undefined && (await isKnown(litellmUrl, key))) return;
  }
  const response = await askLitellm(`${litellmUrl}/key/generate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ models: [] }),
  });
  if (!response.ok) throw new Error(`The LiteLLM stand-in answered ${response.status} to /key/generate.`);
  const { key } = (await response.json()) as { key: string };
  await conjur.setValue(DEMO_KEY_NAME, key);
}

async function isKnown(litellmUrl: string, key: string): Promise<boolean> {
  const { ok, status } = await askLitellm(`${litellmUrl}/key/info?key=${encodeURIComponent(key)}`);
  if (ok || status === 404) return ok;
  throw new Error(`The LiteLLM stand-in answered ${status} to /key/info.`);
}

function askLitellm(url: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${LOCAL_MASTER_KEY}`, ...init.headers };
  return fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) });
}

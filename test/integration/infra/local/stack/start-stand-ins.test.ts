import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../../../../infra/build/function-names.ts';
import { createLocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { loadStarterPolicy } from '../../../../../infra/local/stack/load-starter-policy.ts';
import { createLocalConjurAdmin } from '../../../../../infra/local/stack/local-conjur-admin.ts';
import { CREDENTIAL_NAMES, DEMO_KEY_NAME } from '../../../../../infra/local/stack/stand-in-names.ts';
import { startStandIns } from '../../../../../infra/local/stack/start-stand-ins.ts';
import { createLocalSecretsManager } from '../../../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Findings {
  /** By function. */
  readonly credentials: readonly { readonly username: string; readonly api_key: string }[];
  readonly accepted: readonly boolean[];
  readonly demoKey: string;
  readonly known: boolean;
}

/** Starts Conjur and the stand-ins on the files of the folder, looks whether what can be rotated works, and ends them. */
async function startOnce(): Promise<Findings> {
  const conjur = await createLocalConjur({ data: join(folder, 'conjur.sqlite'), policyLoadMs: 0 });
  const admin = await createLocalConjurAdmin(conjur);
  await loadStarterPolicy(admin);
  const common = { secretsManagerPort: 0, litellmPort: 0, region: 'eu-central-1', lambdaUrl: 'http://127.0.0.1:1' };
  const standIns = await startStandIns({ ...common, folder, conjur: admin });
  try {
    const credentials = await readCredentials(standIns.secretsManagerUrl);
    const accepted = await Promise.all(
      credentials.map(({ username, api_key: apiKey }) => admin.accepts(username, apiKey)),
    );
    const demoKey = (await admin.readValue(DEMO_KEY_NAME)) ?? '';
    const headers = { authorization: `Bearer ${demoKey}` };
    const { ok: known } = await fetch(`${standIns.litellmUrl}/key/info`, { headers });
    return { credentials, accepted, demoKey, known };
  } finally {
    await standIns.close();
    await conjur.close();
  }
}

async function readCredentials(endpoint: string): Promise<Findings['credentials']> {
  return withClient(endpoint, (client) =>
    Promise.all(
      FUNCTION_NAMES.map(async (name) => {
        const { SecretString = '' } = await client.send(
          new GetSecretValueCommand({ SecretId: CREDENTIAL_NAMES[name] }),
        );
        return JSON.parse(SecretString) as { username: string; api_key: string };
      }),
    ),
  );
}

async function withClient<T>(endpoint: string, use: (client: SecretsManagerClient) => Promise<T>): Promise<T> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region: 'eu-central-1', credentials });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

const WELL = { accepted: [true, true, true], known: true };

it('gives each function a credential of its own', async () => {
  expect((await startOnce()).credentials.map(({ username }) => username)).toEqual(
    FUNCTION_NAMES.map((name) => `host/conjur-functions/${name}/blue`),
  );
});

it('replaces the pair that all functions shared in older data', async () => {
  const secretsManager = await createLocalSecretsManager({ data: join(folder, 'secrets-manager.json') });
  const username = 'host/conjur-functions/credential/blue';
  await withClient(secretsManager.url, (client) =>
    client.send(
      new CreateSecretCommand({
        Name: CREDENTIAL_NAMES['rotate-key'],
        SecretString: JSON.stringify({ username, api_key: 'key of old' }),
      }),
    ),
  );
  await secretsManager.close();
  const { credentials, accepted } = await startOnce();
  expect(credentials.map((credential) => credential.username)).not.toContain(username);
  expect(accepted).toEqual([true, true, true]);
});

it('keeps the credential and the virtual key from one start to the next', async () => {
  const first = await startOnce();
  expect(first).toMatchObject(WELL);
  expect(await startOnce()).toEqual(first);
});

it.each([
  ['Conjur', 'conjur.sqlite'],
  ['Secrets Manager', 'secrets-manager.json'],
  ['LiteLLM', 'litellm.json'],
])('makes what can be rotated anew when the file of %s is gone', async (_, file) => {
  await startOnce();
  await rm(join(folder, file));
  expect(await startOnce()).toMatchObject(WELL);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { loadStarterPolicy } from '../../../../../infra/local/stack/load-starter-policy.ts';
import { createLocalConjurAdmin } from '../../../../../infra/local/stack/local-conjur-admin.ts';
import { CREDENTIAL_NAME, DEMO_KEY_NAME } from '../../../../../infra/local/stack/stand-in-names.ts';
import { startStandIns } from '../../../../../infra/local/stack/start-stand-ins.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Findings {
  readonly apiKey: string;
  readonly accepted: boolean;
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
    const { username, api_key: apiKey } = await readCredential(standIns.secretsManagerUrl);
    const demoKey = (await admin.readValue(DEMO_KEY_NAME)) ?? '';
    const headers = { authorization: `Bearer ${demoKey}` };
    const { ok: known } = await fetch(`${standIns.litellmUrl}/key/info`, { headers });
    return { apiKey, accepted: await admin.accepts(username, apiKey), demoKey, known };
  } finally {
    await standIns.close();
    await conjur.close();
  }
}

async function readCredential(endpoint: string): Promise<{ username: string; api_key: string }> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint, region: 'eu-central-1', credentials });
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: CREDENTIAL_NAME }));
  client.destroy();
  return JSON.parse(SecretString);
}

it('keeps the credential and the virtual key from one start to the next', async () => {
  const first = await startOnce();
  expect(first).toMatchObject({ accepted: true, known: true });
  expect(await startOnce()).toEqual(first);
});

it.each([
  ['Conjur', 'conjur.sqlite'],
  ['Secrets Manager', 'secrets-manager.json'],
  ['LiteLLM', 'litellm.json'],
])('makes what can be rotated anew when the file of %s is gone', async (_, file) => {
  await startOnce();
  await rm(join(folder, file));
  expect(await startOnce()).toMatchObject({ accepted: true, known: true });
});

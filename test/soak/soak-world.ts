import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { request } from 'undici';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { createLocalLitellm } from '../../infra/local/stand-ins/litellm/create-local-litellm.ts';
import { createLocalSecretsManager } from '../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { createConjurClient } from '../../lib/client.ts';
import { createFaultProxy } from '../faults/fault-proxy/create-fault-proxy.ts';
import type { Fault } from '../faults/fault-proxy/fault.ts';
import { createAnswerTruncated } from '../faults/fault-proxy/faults/answer-truncated.ts';
import { createIdleSocketClosed } from '../faults/fault-proxy/faults/idle-socket-closed.ts';
import { createIdleSocketDead } from '../faults/fault-proxy/faults/idle-socket-dead.ts';
import { createResetAfterRequest } from '../faults/fault-proxy/faults/reset-after-request.ts';
import { createResetBeforeRequest } from '../faults/fault-proxy/faults/reset-before-request.ts';
import { createStatusAnswer } from '../faults/fault-proxy/faults/status-answer.ts';
import { settingsFor } from '../support/settings.ts';
import { BRANCH, CREDENTIAL_ID, VIRTUAL_KEY_NAME } from './pick-call.ts';

/** All that the soaked functions talk to. */
export interface SoakWorld {
  /** Of the functions. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const MASTER_KEY = 'sk-master-of-the-soak';
const VIRTUAL_KEY = 'sk-virtual-key-of-the-soak';

/** A pair of hosts that rotate each other, in a group that owns the branch of the variables. */
const POLICY = `
- !policy
  id: soak
  body:
  - !group apps
  - !host blue
  - !host green
  - !grant { role: !group apps, members: [!host blue, !host green] }
  - !permit { role: !host blue, privileges: [read, update], resource: !host green }
  - !permit { role: !host green, privileges: [read, update], resource: !host blue }
  - !policy { id: data, owner: !group apps }
`;

export async function startSoakWorld(random: () => number): Promise<SoakWorld> {
  const conjur = await createLocalConjur({ tokenTtlSeconds: 15, random });
  const admin = createConjurClient(settingsFor(conjur, { CYBERARK_POLICY_BRANCH: BRANCH }));
  const { createdRoles } = await admin.loadPolicy('root', POLICY);
  await admin.writeSecret(VIRTUAL_KEY_NAME, VIRTUAL_KEY);
  await admin.close();
  const { hostname: host, port } = new URL(conjur.url);
  const proxy = await createFaultProxy({ target: { host, port: Number(port) } });
  const litellm = await createLocalLitellm({ masterKey: MASTER_KEY });
  await registerVirtualKey(litellm.url);
  const secretsManager = await createLocalSecretsManager();
  await storeCredential(secretsManager.url, createdRoles.get('default:host:soak/blue')?.expose() ?? '');
  const stopTrouble = makeTrouble(proxy, random);
  return {
    environment: {
      CYBERARK_API_BASE: proxy.url,
      CYBERARK_API_KEY_SECRET_ID: CREDENTIAL_ID,
      CYBERARK_POLICY_BRANCH: BRANCH,
      CYBERARK_TIMEOUT_MS: '2000',
      LITELLM_API_BASE: litellm.url,
      LITELLM_MASTER_KEY: MASTER_KEY,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    async close() {
      stopTrouble();
      await proxy.close();
      await Promise.all([conjur.close(), litellm.close(), secretsManager.close()]);
    },
  };
}

/** Every so often the path to Conjur goes wrong in another way, for a third of the requests; half of the time it is well. */
function makeTrouble(proxy: Awaited<ReturnType<typeof createFaultProxy>>, random: () => number): () => void {
  const faults: readonly Fault[] = [
    createResetBeforeRequest(),
    createResetAfterRequest(),
    createAnswerTruncated(),
    createIdleSocketClosed(),
    createIdleSocketDead(),
    createStatusAnswer({ status: 429, retryAfter: 1 }),
    createStatusAnswer({ status: 502, afterEffect: true }),
    createStatusAnswer({ status: 503 }),
  ];
  const timer = setInterval(() => {
    const fault = random() < 0.5 ? undefined : faults[Math.floor(random() * faults.length)];
    void proxy.setFault(fault, { match: () => random() < 0.33 });
  }, 500);
  return () => clearInterval(timer);
}

async function registerVirtualKey(url: string): Promise<void> {
  const { statusCode, body } = await request(`${url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key: VIRTUAL_KEY }),
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`The stand-in for LiteLLM answered ${statusCode}.`);
}

async function storeCredential(endpoint: string, apiKey: string): Promise<void> {
  const hosts = ['host/soak/blue', 'host/soak/green'];
  const client = new SecretsManagerClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const SecretString = JSON.stringify({ username: hosts[0], api_key: apiKey, hosts });
  await client.send(new CreateSecretCommand({ Name: CREDENTIAL_ID, SecretString }));
  client.destroy();
}

import { CreateSecretCommand, RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Agent, request } from 'undici';
import {
  createLitellmApi,
  type LitellmApi,
} from '../../functions/rotate-key/strategies/litellm-virtual-key/litellm-api.ts';
import { createLocalLitellm } from '../../infra/local/stand-ins/litellm/create-local-litellm.ts';
import { createLocalSecretsManager } from '../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { toClientOptions } from '../../lib/auth/aws-calls.ts';
import { createConjurClient } from '../../lib/client.ts';
import { systemClock } from '../../lib/clock.ts';
import { sharedDispatcher } from '../../lib/http/dispatchers.ts';
import { createTransport } from '../../lib/http/transport.ts';
import { Secret } from '../../lib/secret.ts';
import { createEmbeddedConjur, type EmbeddedConjur } from '../support/embedded-conjur.ts';
import { settingsFor } from '../support/settings.ts';
import { CREDENTIAL_ID, PENDING_TOKEN } from './arbitraries/foreign-events.ts';
import { KNOWN_NAMES, VIRTUAL_KEY_NAME } from './arbitraries/secret-names.ts';

/** What the fuzzed functions talk to: Conjur within the process, Secrets Manager and LiteLLM on the loopback. */
export interface FuzzWorld {
  readonly conjur: EmbeddedConjur;
  /** Of the login `host/app/reader`, which may do little. */
  readonly readerKey: string;
  readonly aws: SecretsManagerClient;
  readonly litellm: LitellmApi;
  close(): Promise<void>;
}

const POLICY = `
- !group readers
- !policy
  id: app
  body:
  - !host reader
- !policy
  id: pair
  body:
  - !host blue
  - !host green
  - !permit { role: !host blue, privileges: [read, update], resource: !host green }
  - !permit { role: !host green, privileges: [read, update], resource: !host blue }
- !permit { role: !host app/reader, privileges: [read, execute], resource: !variable app/db/password }
- !permit { role: !host app/reader, privileges: [read], resource: !variable app/db/user }
`;

const MASTER_KEY = 'sk-master-of-the-fuzz';
const VIRTUAL_KEY = 'sk-virtual-key-of-the-fuzz';

export async function startFuzzWorld(): Promise<FuzzWorld> {
  const conjur = await createEmbeddedConjur({ policyLoadMs: 0 });
  const admin = createConjurClient(settingsFor(conjur), { dispatcher: conjur.dispatcher });
  for (const name of KNOWN_NAMES) await admin.writeSecret(name, `value of ${name}`);
  await admin.writeSecret(VIRTUAL_KEY_NAME, VIRTUAL_KEY);
  const { createdRoles } = await admin.loadPolicy('root', POLICY);
  const keyOf = (host: string) => createdRoles.get(`default:host:${host}`)?.expose() ?? '';
  const secretsManager = await startSecretsManager(keyOf('pair/blue'));
  const litellm = await startLitellm();
  return {
    conjur,
    readerKey: keyOf('app/reader'),
    aws: secretsManager.client,
    litellm: litellm.api,
    async close() {
      conjur.close();
      await Promise.all([secretsManager.close(), litellm.close()]);
    },
  };
}

/** With one credential, in the middle of a rotation, so that every step has something to do. */
async function startSecretsManager(apiKey: string) {
  const server = await createLocalSecretsManager({
    invokeRotation: async () => undefined,
    onRotationFailed: () => undefined,
  });
  const client = new SecretsManagerClient({
    // Its limits are the functions' own: a connection that the server has just closed is a reason to try once more.
    ...toClientOptions('us-east-1'),
    endpoint: server.url,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const hosts = ['host/pair/blue', 'host/pair/green'];
  const SecretString = JSON.stringify({ username: hosts[0], api_key: apiKey, hosts });
  await client.send(new CreateSecretCommand({ Name: CREDENTIAL_ID, SecretString }));
  await client.send(
    new RotateSecretCommand({
      SecretId: CREDENTIAL_ID,
      ClientRequestToken: PENDING_TOKEN,
      RotationLambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:rotate-key',
    }),
  );
  await server.rotationsDone();
  return {
    client,
    async close() {
      client.destroy();
      await server.close();
    },
  };
}

async function startLitellm() {
  const server = await createLocalLitellm({ masterKey: MASTER_KEY });
  const dispatcher = new Agent();
  const { statusCode, body } = await request(`${server.url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${MASTER_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ key: VIRTUAL_KEY }),
    dispatcher,
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`The stand-in for LiteLLM answered ${statusCode}.`);
  const send = createTransport({
    dispatchers: sharedDispatcher(dispatcher),
    baseUrl: new URL(server.url),
    readBaseUrls: [],
    timeoutMs: 5_000,
    maxAttempts: 2,
    clock: systemClock,
    random: Math.random,
  });
  return {
    api: createLitellmApi(send, Secret.of(MASTER_KEY)),
    async close() {
      await dispatcher.destroy();
      await server.close();
    },
  };
}

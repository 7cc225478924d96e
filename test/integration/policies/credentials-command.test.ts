import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { provideCredentials } from '../../../infra/conjur/provide-credentials.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import type { RequestFault, SeenRequest } from '../../../infra/local/stand-ins/http/request-fault.ts';
import {
  createLocalSecretsManager,
  type LocalSecretsManager,
} from '../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { type ConjurClient, createConjurClient } from '../../../lib/client.ts';
import { type RunResult, runNode } from '../../support/run-node.ts';
import { serveOnLoopback } from '../../support/serve-on-loopback.ts';
import { settingsFor } from '../../support/settings.ts';
import { createClient } from '../infra/local/stand-ins/secrets-manager/start-secrets-manager.ts';
import { createExchangeDispatcher, EMPTY_ANSWER, exchangeBy } from '../rotation/support/exchange.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const PLACEHOLDER = JSON.stringify({ username: 'placeholder', api_key: 'x'.repeat(40) });
const SECRETS = {
  'read-secret': 'conjur-functions/prod/credential/read-secret',
  'write-secret': 'conjur-functions/prod/credential/write-secret',
  'rotate-key': 'conjur-functions/prod/credential',
};

const AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };

let conjur: LocalConjur;
let secretsManager: LocalSecretsManager;
let aws: SecretsManagerClient;
let spoil: (seen: SeenRequest) => RequestFault | undefined;
const clients: ConjurClient[] = [];

beforeEach(async () => {
  conjur = await createLocalConjur({ policyLoadMs: 0 });
  spoil = () => undefined;
  secretsManager = await createLocalSecretsManager({ onRequest: (seen) => spoil(seen) });
  aws = createClient(secretsManager.url);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  aws.destroy();
  await secretsManager.close();
  await conjur.close();
});

async function makePlaceholders(names: readonly string[] = Object.values(SECRETS)): Promise<void> {
  for (const Name of names) await aws.send(new CreateSecretCommand({ Name, SecretString: PLACEHOLDER }));
}

function toAdmin(): Record<string, string> {
  return {
    CONJUR_APPLIANCE_URL: conjur.url,
    CONJUR_AUTHN_LOGIN: 'admin',
    CONJUR_AUTHN_API_KEY: conjur.adminApiKey,
  };
}

function run(command: 'credentials' | 'policies', ...flags: string[]): Promise<RunResult> {
  const environment = { ...toAdmin(), AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url, ...AWS };
  return runNode([`infra/conjur/${command}.ts`, ...flags], { cwd: ROOT, environment });
}

async function readCredential(secretId: string) {
  const { SecretString = '' } = await aws.send(new GetSecretValueCommand({ SecretId: secretId }));
  return JSON.parse(SecretString) as { username: string; api_key: string; hosts: string[] };
}

/** Whom Conjur takes a credential for. */
async function logIn(secretId: string): Promise<string> {
  const { username, api_key: adminApiKey } = await readCredential(secretId);
  const client = createConjurClient(settingsFor({ url: conjur.url, adminApiKey }, { CYBERARK_USERNAME: username }));
  clients.push(client);
  return (await client.whoami()).login;
}

describe('npm run credentials', () => {
  it('loads the policies and puts the first key of each pair into the secret of its function, printing none', async () => {
    await makePlaceholders();
    const { status, stdout, stderr } = await run('credentials', '--stage', 'prod');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const [name, secretId] of Object.entries(SECRETS)) {
      const login = `host/conjur-functions/${name}/blue`;
      expect(await logIn(secretId)).toBe(login);
      const { api_key: key, hosts } = await readCredential(secretId);
      expect(hosts).toEqual([login, `host/conjur-functions/${name}/green`]);
      expect(stdout).toContain(`${secretId}  holds the first key of ${login}`);
      expect(stdout).not.toContain(key);
    }
  });

  it('leaves a credential alone that is in use, when it runs again', async () => {
    await makePlaceholders();
    await run('credentials', '--stage', 'prod');
    const before = await Promise.all(Object.values(SECRETS).map((id) => readCredential(id)));
    const { status, stdout } = await run('credentials', '--stage', 'prod', '--rotate');
    expect(status).toBe(0);
    expect(stdout.match(/was left alone/g)).toHaveLength(3);
    expect(await Promise.all(Object.values(SECRETS).map((id) => readCredential(id)))).toEqual(before);
  });

  it('takes no key from a host that may be in use elsewhere, unless it is told to', async () => {
    await makePlaceholders();
    await run('credentials', '--stage', 'prod');
    const SecretId = SECRETS['read-secret'];
    await aws.send(new PutSecretValueCommand({ SecretId, SecretString: PLACEHOLDER }));
    const refused = await run('credentials', '--stage', 'prod');
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('run again with --rotate');
    expect((await readCredential(SecretId)).username).toBe('placeholder');
    expect((await run('credentials', '--stage', 'prod', '--rotate')).status).toBe(0);
    expect(await logIn(SecretId)).toBe('host/conjur-functions/read-secret/blue');
  });

  it('says that a key may be lost where the answer was that told it', async () => {
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const send = exchangeBy(agent);
    let isLost = false;
    const dispatcher = createExchangeDispatcher(async (request) => {
      const answer = await send(request);
      if (isLost || !answer.body.includes('"api_key"')) return answer;
      isLost = true;
      return { ...EMPTY_ANSWER, status: 504 };
    });
    const admin = createConjurClient(settingsFor(conjur), { dispatcher });
    const names = { layout: 'shared', stage: 'prod', policy: 'app', branch: 'litellm', serviceId: 'aws' } as const;
    const places = { account: undefined, region: undefined, allowDelete: false, denyApiKeys: false };
    const outcomes = await provideCredentials(
      { ...names, ...places, secretIds: {}, rotate: false },
      { conjur: admin, account: 'default', readSecret: async () => undefined, putSecret: async () => undefined },
    );
    expect(isLost).toBe(true);
    expect(outcomes).toMatchObject([
      { failed: true, outcome: expect.stringContaining('or the answer that told its key was lost') },
    ]);
  });

  it('loads nothing where a secret is missing, and says which', async () => {
    await makePlaceholders([SECRETS['read-secret']]);
    const { status, stderr } = await run('credentials', '--stage', 'prod');
    expect(status).toBe(1);
    expect(stderr).toContain('There is no secret conjur-functions/prod/credential');
    const admin = createConjurClient(settingsFor(conjur));
    clients.push(admin);
    await expect(admin.rotateApiKeyOf('host:conjur-functions/read-secret/blue')).rejects.toThrow();
  });

  it('fills the one secret of the layout shared, and secrets of another name', async () => {
    await makePlaceholders(['own/credential']);
    const flags = ['--layout', 'shared', '--rotate-key-id', 'own/credential', '--policy', 'apps/functions'];
    const { status, stderr } = await run('credentials', '--stage', 'prod', ...flags);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(await logIn('own/credential')).toBe('host/apps/functions/credential/blue');
  });
});

describe('npm run credentials, beside what AWS may do', () => {
  it('leaves a credential alone that is kept as binary', async () => {
    await makePlaceholders([SECRETS['read-secret'], SECRETS['write-secret']]);
    const credential = JSON.stringify({ username: 'host/in-use', api_key: 'in-use' });
    await aws.send(
      new CreateSecretCommand({ Name: SECRETS['rotate-key'], SecretBinary: new TextEncoder().encode(credential) }),
    );
    const { stdout } = await run('credentials', '--stage', 'prod');
    expect(stdout).toContain(`${SECRETS['rotate-key']}  holds a credential already and was left alone`);
    const { SecretBinary } = await aws.send(new GetSecretValueCommand({ SecretId: SECRETS['rotate-key'] }));
    expect(new TextDecoder().decode(SecretBinary)).toBe(credential);
  });

  it('fills the other secrets where one takes no key, and quotes nothing of the refusal', async () => {
    await makePlaceholders();
    spoil = ({ operation, input }) =>
      operation === 'PutSecretValue' && input.SecretId === SECRETS['read-secret']
        ? { status: 400, body: { __type: 'AccessDeniedException', message: `refused: ${input.SecretString}` } }
        : undefined;
    const { status, stdout, stderr } = await run('credentials', '--stage', 'prod');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toContain(`${SECRETS['read-secret']}  may hold a placeholder still`);
    expect(stdout).toContain('AccessDeniedException');
    expect(stdout).not.toContain('api_key');
    for (const name of ['write-secret', 'rotate-key'] as const)
      expect(await logIn(SECRETS[name])).toBe(`host/conjur-functions/${name}/blue`);
    spoil = () => undefined;
    expect((await run('credentials', '--stage', 'prod', '--rotate')).status).toBe(0);
    expect(await logIn(SECRETS['read-secret'])).toBe('host/conjur-functions/read-secret/blue');
  });

  it('ends where Secrets Manager does not answer', async () => {
    await makePlaceholders();
    spoil = () => 'hang-before';
    const { status, stdout, stderr } = await run('credentials', '--stage', 'prod');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/Secrets Manager in eu-central-1 did not say .*\(TimeoutError\)/);
  }, 60_000);

  it('looks for a secret that is named by its ARN in the region of that', async () => {
    const scopes: string[] = [];
    const server = await serveOnLoopback((request, response) => {
      scopes.push(/Credential=[^/]+\/\d+\/([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '');
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    const arn = 'arn:aws:secretsmanager:us-east-1:444455556666:secret:own/credential-AbCdEf';
    const { stderr } = await runNode(
      ['infra/conjur/credentials.ts', '--layout', 'shared', '--rotate-key-id', arn, '--region', 'eu-central-1'],
      { cwd: ROOT, environment: { ...AWS, ...toAdmin(), AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url } },
    );
    expect(new Set(scopes)).toEqual(new Set(['us-east-1']));
    expect(stderr).toContain('in us-east-1');
  });
});

describe('rotate-key', () => {
  it('rotates all three credentials, with nothing but its own identity and its rights in AWS', async () => {
    await makePlaceholders();
    await run('credentials', '--stage', 'prod');
    for (const [name, secretId] of Object.entries(SECRETS)) {
      for (const colour of ['green', 'blue']) {
        expect(await rotate(secretId)).toMatchObject({ name: secretId, strategy: 'conjur-api-key' });
        expect(await logIn(secretId)).toBe(`host/conjur-functions/${name}/${colour}`);
      }
    }
  }, 60_000);
});

/** A direct call of the built function, in a process of its own: as Lambda has it, with nothing but its environment. */
async function rotate(secretId: string): Promise<unknown> {
  const script = `const { handler } = await import(process.argv[1]);
    process.stdout.write('\\n' + JSON.stringify(await handler(JSON.parse(process.argv[2]), {})));`;
  const call = JSON.stringify({ strategy: 'conjur-api-key', secret_id: secretId });
  const environment = {
    ...AWS,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
    CYBERARK_API_BASE: conjur.url,
    CYBERARK_API_KEY_SECRET_ID: SECRETS['rotate-key'],
  };
  const args = ['--input-type=module', '-e', script, `${ROOT}dist/rotate-key/handler.mjs`, call];
  const { status, stdout, stderr } = await runNode(args, { cwd: ROOT, environment });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout.split('\n').at(-1) ?? '');
}

describe('npm run policies', () => {
  it('prints policies that load as they are, with the names of the stack', async () => {
    const flags = ['--stage', 'prod', '--account', '444455556666', '--region', 'us-east-1', '--layout', 'iam'];
    const { status, stdout } = await run('policies', ...flags, '--branch', 'data/secrets', '--allow-delete');
    expect(status).toBe(0);
    const admin = createConjurClient(settingsFor(conjur));
    clients.push(admin);
    const { createdRoles } = await admin.loadPolicy('root', stdout);
    expect([...createdRoles.keys()].sort()).toEqual(
      ['read-secret', 'rotate-key', 'write-secret'].map(
        (name) => `default:host:conjur-functions/iam/444455556666/conjur-functions-prod-us-east-1-${name}`,
      ),
    );
    expect(stdout.replaceAll(/^ *#.*$/gm, '')).not.toMatch(/litellm|111122223333|-dev-/);
  });

  it.each([
    ['--branch', '1.10', 'conjur-functions'],
    ['--branch', 'null', 'conjur-functions'],
    ['--branch', 'data/7', 'conjur-functions'],
    ['--policy', '2024', '2024'],
    ['--policy', '2024-01-01', '2024-01-01'],
    ['--policy', 'true', 'true'],
  ])('takes %s %s for a text, as Conjur does', async (flag, id, policy) => {
    const { status, stdout } = await run('policies', flag, id);
    expect(status).toBe(0);
    const admin = createConjurClient(settingsFor(conjur));
    clients.push(admin);
    const { createdRoles } = await admin.loadPolicy('root', stdout);
    expect([...createdRoles.keys()]).toContain(`default:host:${policy}/read-secret/blue`);
  });

  it.each(['policies', 'credentials'] as const)(
    'says of %s whose roles hosts without a region are named after',
    async (command) => {
      const iam = ['--layout', 'iam', '--stage', 'prod', '--account', '444455556666'];
      const without = await run(command, ...iam);
      expect(without.status).toBe(0);
      expect(without.stderr).toContain(
        'conjur-functions-prod-read-secret: those of a stack with role_names=without-region',
      );
      expect(await run(command, ...iam, '--region', 'us-east-1')).toMatchObject({ status: 0, stderr: '' });
    },
  );

  it.each([
    [['--layout', 'iam'], '--account'],
    [['--stage', 'a b'], 'letters, digits and hyphens'],
    [['--account', '1234', '--layout', 'iam'], '12 digits'],
    [['--branch', 'a\n- !user intruder'], 'policy branch'],
    [['--branch', 'a/..'], 'policy branch'],
    [['--policy', './a'], 'policy'],
    [['--region', 'europe'], 'AWS region'],
  ])('refuses %j', async (flags, message) => {
    const { status, stdout, stderr } = await run('policies', ...flags);
    expect({ status: status === 0, stdout }).toEqual({ status: false, stdout: '' });
    expect(stderr).toContain(message);
  });
});

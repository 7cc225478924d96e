import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { type RunResult, runNode } from '../support/run-node.ts';
import { type Moto, startMoto } from './start-moto.ts';

const REGION = 'eu-central-1';
const STAGE = ['--stage=prod', `--region=${REGION}`];
const API_KEY = ['--param=CYBERARK_API_BASE=https://conjur.example.com', '--param=CYBERARK_AUTHN=api-key'];
const PASSWORD = '{ name: app/db/password, strategy: random, rate: rate(30 days) }';
const TOKEN = '{ name: app/token, strategy: random, rate: rate(7 days) }';
const NO_ROTATIONS = '  rotations: []';

interface Stack {
  readonly moto: Moto;
  readonly clone: ProjectClone;
  readonly config: string;
}

let stack: Stack | undefined;

beforeAll(async () => {
  const moto = await startMoto(REGION);
  if (moto === undefined) return;
  const clone = await cloneProject();
  stack = { moto, clone, config: await readFile(join(clone.directory, 'serverless.yml'), 'utf8') };
});

afterAll(async () => {
  stack?.moto.stop();
  await stack?.clone[Symbol.asyncDispose]();
});

/** With these entries of `custom.rotations`. */
async function deploy(
  { clone, moto, config }: Stack,
  rotations: readonly string[],
  ...params: string[]
): Promise<RunResult> {
  const text = config.replace(NO_ROTATIONS, `  rotations: [${rotations.join(', ')}]`);
  await writeFile(join(clone.directory, 'serverless.yml'), text);
  const args = ['infra/deploy/deploy.ts', ...STAGE, ...API_KEY, ...params];
  return runNode(args, { cwd: clone.directory, environment: moto.environment });
}

/** What the account holds of the stack. */
async function look({ moto: { url } }: Stack) {
  const { Functions } = await ask(url, 'lambda', '/2015-03-31/functions/');
  const apis = (await ask(url, 'apigateway', '/v2/apis')).items as Named[];
  const routes = await Promise.all(apis.map(({ apiId }) => ask(url, 'apigateway', `/v2/apis/${apiId}/routes`)));
  const { SecretList } = await ask(url, 'secretsmanager', '/', { target: 'secretsmanager.ListSecrets', body: {} });
  const { Schedules } = await ask(url, 'scheduler', '/schedules');
  const names = (Schedules as Named[]).map(({ Name }) => String(Name));
  return {
    functions: (Functions as Named[]).map(({ FunctionName }) => String(FunctionName)).sort(),
    authorization: routes.flatMap(({ items }) => (items as Named[]).map(({ authorizationType }) => authorizationType)),
    secrets: (SecretList as Named[]).map(({ Name }) => String(Name)).sort(),
    rotations: names.filter((name) => name.startsWith('random-')).sort(),
    looks: names.filter((name) => !name.startsWith('random-')).length,
  };
}

async function startOf({ moto: { url } }: Stack, rotation: string): Promise<unknown> {
  const schedule = await ask(url, 'scheduler', `/schedules/${rotation}?groupName=conjur-functions-prod`);
  return schedule.StartDate;
}

/** Ids of the secrets that the functions log in with, by function. */
async function credentialsOf({ moto: { url } }: Stack): Promise<Record<string, string>> {
  const { Functions } = await ask(url, 'lambda', '/2015-03-31/functions/');
  return Object.fromEntries(
    (Functions as { FunctionName: string; Environment: { Variables: Record<string, string> } }[]).map(
      ({ FunctionName, Environment }) => [
        FunctionName.replace('conjur-functions-prod-', ''),
        (Environment.Variables.CYBERARK_API_KEY_SECRET_ID ?? '').replace(/^.*:secret:(.*)-\w{6}$/, '$1'),
      ],
    ),
  );
}

const SECRETS = ['', '/read-secret', '/write-secret'].map((name) => `conjur-functions/prod/credential${name}`);

/** A step of the stack's life; each goes on where the one before has ended. */
function step(name: string, work: (stack: Stack) => Promise<void>): void {
  it(name, async ({ skip }) => {
    if (stack === undefined) return skip('moto cannot be had here: THE STACK WAS NOT DEPLOYED.');
    await work(stack);
  });
}

describe('npm run deploy', () => {
  let password = '';
  let start: unknown;

  step('makes a stack with functions, API, a secret for each function, and schedules', async (deployed) => {
    const created = await deploy(deployed, []);
    expect(created, created.stderr).toMatchObject({ status: 0 });
    expect(await look(deployed)).toEqual({
      functions: ['read-secret', 'rotate-key', 'write-secret'].map((name) => `conjur-functions-prod-${name}`),
      authorization: Array(8).fill('AWS_IAM'),
      secrets: SECRETS,
      rotations: [],
      // The heartbeat, and the look at the age of each credential.
      looks: 4,
    });
    expect(await credentialsOf(deployed)).toEqual({
      'read-secret': 'conjur-functions/prod/credential/read-secret',
      'write-secret': 'conjur-functions/prod/credential/write-secret',
      'rotate-key': 'conjur-functions/prod/credential',
    });
  });

  step('adds a rotation, which begins later', async (deployed) => {
    const added = await deploy(deployed, [PASSWORD]);
    expect(added, added.stderr).toMatchObject({ status: 0 });
    [password = ''] = (await look(deployed)).rotations;
    expect(password).toMatch(/^random-app-db-password-/);
    start = await startOf(deployed, password);
    expect(start).toBeDefined();
  });

  step('adds another before it, and leaves its rhythm alone', async (deployed) => {
    const exchanged = await deploy(deployed, [TOKEN, PASSWORD]);
    expect(exchanged, exchanged.stderr).toMatchObject({ status: 0 });
    expect((await look(deployed)).rotations).toHaveLength(2);
    expect(await startOf(deployed, password)).toEqual(start);
  });

  step('takes a rotation away and changes the layout, since that is said', async (deployed) => {
    const shared = await deploy(deployed, [TOKEN], '--param=credential_layout=shared');
    expect(shared, shared.stderr).toMatchObject({ status: 0, stderr: expect.stringContaining('share one') });
    expect((await look(deployed)).rotations).toEqual([expect.stringMatching(/^random-app-token-/)]);
    expect(new Set(Object.values(await credentialsOf(deployed)))).toEqual(
      new Set(['conjur-functions/prod/credential']),
    );
  });

  step('changes the layout back only where that is said too', async (deployed) => {
    const unsaid = await deploy(deployed, [TOKEN]);
    expect(unsaid).toMatchObject({ status: 1, stderr: expect.stringContaining('credential_layout=shared" keeps it') });
    expect(new Set(Object.values(await credentialsOf(deployed)))).toEqual(
      new Set(['conjur-functions/prod/credential']),
    );
  });

  step('is undone by serverless remove, but for the secrets', async (deployed) => {
    const { clone, moto } = deployed;
    const gone = await runNode(['node_modules/serverless/bin/serverless.js', 'remove', ...STAGE, ...API_KEY], {
      cwd: clone.directory,
      environment: { ...moto.environment, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    });
    expect(gone, gone.stderr).toMatchObject({ status: 0 });
    expect(await look(deployed)).toEqual({
      functions: [],
      authorization: [],
      secrets: SECRETS,
      rotations: [],
      looks: 0,
    });
  });
});

type Named = Readonly<Record<string, unknown>>;

/** moto finds the service by the scope of the signature, and does not check the signature itself. */
async function ask(
  url: string,
  service: string,
  path: string,
  call?: { target: string; body: unknown },
): Promise<Named> {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const json = { 'x-amz-target': call?.target ?? '', 'content-type': 'application/x-amz-json-1.1' };
  const init =
    call === undefined
      ? { headers: { authorization } }
      : { method: 'POST', headers: { authorization, ...json }, body: JSON.stringify(call.body) };
  const response = await fetch(url + path, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Named;
}

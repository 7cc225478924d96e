import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { findProgram } from '../support/find-program.ts';
import { freePort } from '../support/free-port.ts';
import { runNode, runProgram } from '../support/run-node.ts';

const SERVER = fileURLToPath(new URL('./moto_server_with_more.py', import.meta.url));
const REGION = 'eu-central-1';
const START_TIMEOUT_MS = 60_000;

const python = findProgram('python3');
const hasMoto =
  python !== undefined && (await runProgram(python, ['-c', 'import moto.server'], { cwd: '/' })).status === 0;

describe('npm run deploy', () => {
  let url = '';
  let clone: ProjectClone | undefined;
  let stop: () => void = () => undefined;

  beforeAll(async () => {
    if (python === undefined || !hasMoto) return;
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const server = spawn(python, ['-W', 'ignore', SERVER, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    stop = () => server.kill();
    await untilAnswering(`${url}/moto-api/data.json`);
    clone = await cloneProject();
    const config = join(clone.directory, 'serverless.yml');
    const rotation = '  rotations: [{ name: app/db/password, strategy: random, rate: rate(30 days) }]';
    await writeFile(config, (await readFile(config, 'utf8')).replace('  rotations: []', rotation));
  });

  afterAll(async () => {
    stop();
    await clone?.[Symbol.asyncDispose]();
  });

  it('makes a stack with functions, API, secret and schedules', async ({ skip }) => {
    if (clone === undefined)
      return skip("moto's server is not on this machine (pip install 'moto[server]'): THE STACK WAS NOT DEPLOYED.");
    const environment = {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
    };
    const args = ['infra/deploy/deploy.ts', '--stage', 'prod', '--param=CYBERARK_API_BASE=https://conjur.example.com'];
    const deployed = await runNode(args, { cwd: clone.directory, environment });
    expect(deployed, deployed.stderr).toMatchObject({ status: 0 });

    const functions = await ask(url, 'lambda', '/2015-03-31/functions/');
    expect((functions.Functions as Named[]).map(({ FunctionName }) => FunctionName).sort()).toEqual([
      'conjur-functions-prod-read-secret',
      'conjur-functions-prod-rotate-key',
      'conjur-functions-prod-write-secret',
    ]);

    const [api] = (await ask(url, 'apigateway', '/v2/apis')).items as Named[];
    const routes = (await ask(url, 'apigateway', `/v2/apis/${api?.apiId}/routes`)).items as Named[];
    expect(routes.map(({ authorizationType }) => authorizationType)).toEqual(Array(8).fill('AWS_IAM'));

    const SecretId = 'conjur-functions/prod/credential';
    const secret = await ask(url, 'secretsmanager', '/', {
      target: 'secretsmanager.DescribeSecret',
      body: { SecretId },
    });
    expect(secret).toMatchObject({ Name: SecretId, RotationEnabled: true });
    expect(secret.KmsKeyId).toMatch(/^arn:aws:kms:/);

    const schedules = (await ask(url, 'scheduler', '/schedules')).Schedules as Named[];
    expect(schedules).toHaveLength(2);
    expect(schedules[0]).toMatchObject({ State: 'ENABLED', Target: { Arn: expect.stringMatching(/rotate-key$/) } });
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

async function untilAnswering(address: string): Promise<void> {
  const untilMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < untilMs) {
    const response = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (response?.ok) return;
    await delay(200);
  }
  throw new Error(`moto's server did not answer within ${START_TIMEOUT_MS / 1000} s.`);
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { runNode } from '../support/run-node.ts';
import { type Moto, startMoto } from './start-moto.ts';

const REGION = 'eu-central-1';

describe('npm run deploy', () => {
  let moto: Moto | undefined;
  let clone: ProjectClone | undefined;

  beforeAll(async () => {
    moto = await startMoto(REGION);
    if (moto === undefined) return;
    clone = await cloneProject();
    const config = join(clone.directory, 'serverless.yml');
    const rotation = '  rotations: [{ name: app/db/password, strategy: random, rate: rate(30 days) }]';
    await writeFile(config, (await readFile(config, 'utf8')).replace('  rotations: []', rotation));
  });

  afterAll(async () => {
    moto?.stop();
    await clone?.[Symbol.asyncDispose]();
  });

  it('makes a stack with functions, API, secret and schedules', async ({ skip }) => {
    if (clone === undefined || moto === undefined)
      return skip("moto's server is not on this machine (pip install 'moto[server]'): THE STACK WAS NOT DEPLOYED.");
    const { url, environment } = moto;
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
    // The rotation, and the look at the age of each credential.
    expect(schedules).toHaveLength(4);
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

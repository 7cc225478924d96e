import { createHash } from 'node:crypto';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecretsClient } from '../../../functions/client/index.ts';
import { FUNCTION_NAMES } from '../../../infra/build/function-names.ts';
import { checkTemplate } from '../../../infra/deploy/check-template.ts';
import {
  environmentOf,
  listStatements,
  parseTemplate,
  resourcesOf,
  type Template,
} from '../../../infra/deploy/template.ts';
import { cloneProject, type ProjectClone } from '../../support/clone-project.ts';
import { DEPLOYMENT_ACTIONS } from '../../support/deployment-actions.ts';
import { EVERYTHING } from '../../support/every-parameter.ts';
import { findProgram } from '../../support/find-program.ts';
import { type RunResult, runNode, runProgram } from '../../support/run-node.ts';
import { startTemplate } from './template-world.ts';

interface Policy {
  readonly Statement: readonly { readonly Action: string | string[]; readonly Resource: string | string[] }[];
}

const TEMPLATE = '.serverless/cloudformation-template-update-stack.json';
/** The start of a new schedule depends on the time of day. */
const SOURCE_DATE_EPOCH = '1800000000';

let clone: ProjectClone;

beforeAll(async () => {
  clone = await cloneProject();
  const schedule = '  rotations: [{ name: app/db/password, strategy: random, length: 40, rate: rate(30 days) }]';
  const config = join(clone.directory, 'serverless.yml');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace('  rotations: []', schedule));
}, 60_000);

afterAll(() => clone[Symbol.asyncDispose]());

function pack(...args: string[]): Promise<RunResult> {
  return runNode(['infra/deploy/package.ts', ...args], { cwd: clone.directory, environment: { SOURCE_DATE_EPOCH } });
}

async function readTemplate(): Promise<Template> {
  return parseTemplate(await readFile(join(clone.directory, TEMPLATE), 'utf8'));
}

async function hashZips(): Promise<string[]> {
  const zips = FUNCTION_NAMES.map((name) => readFile(join(clone.directory, `.serverless/${name}.zip`)));
  return (await Promise.all(zips)).map((zip) => createHash('sha256').update(zip).digest('hex'));
}

describe('npm run package', () => {
  let packaged: RunResult;
  let template: Template;

  beforeAll(async () => {
    packaged = await pack();
    if (packaged.status === 0) template = await readTemplate();
  }, 120_000);

  it('needs no AWS credentials, and says what it made', () => {
    expect(packaged, packaged.stderr).toMatchObject({ status: 0 });
    for (const name of FUNCTION_NAMES)
      expect(packaged.stdout).toMatch(new RegExp(`^${name}\\.zip +\\d+ KB +sha256 [0-9a-f]{64}$`, 'm'));
  });

  it('makes a template without a wide right, an open route, a shared role or a secret in plain text', () => {
    expect(checkTemplate(template)).toEqual([]);
  });

  it('gives each of the three functions a role of its own, on arm64 and nodejs24.x', () => {
    const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([, properties]) => properties);
    expect(functions).toHaveLength(3);
    expect(new Set(functions.map(({ Role }) => JSON.stringify(Role))).size).toBe(3);
    for (const { Architectures, Runtime, LoggingConfig } of functions) {
      expect(Architectures).toEqual(['arm64']);
      expect(Runtime).toBe('nodejs24.x');
      expect(LoggingConfig).toMatchObject({ LogFormat: 'JSON' });
    }
  });

  it('names no login, which would go before the one that a secret, a JWT or a certificate names', () => {
    const environments = resourcesOf(template, 'AWS::Lambda::Function').map(([, properties]) =>
      environmentOf(properties),
    );
    expect(environments).toHaveLength(3);
    for (const environment of environments) expect(environment).not.toHaveProperty('CYBERARK_USERNAME');
  });

  it('authorizes every route by IAM', () => {
    const routes = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, properties]) => properties);
    expect(routes.map(({ RouteKey }) => RouteKey).sort()).toEqual([
      'DELETE /secrets/{name+}',
      'GET /health',
      'GET /secrets',
      'GET /secrets/{name+}',
      'POST /rotations',
      'POST /secrets',
      'POST /virtual-keys',
      'PUT /secrets/{name+}',
    ]);
    expect(routes.map(({ AuthorizationType }) => AuthorizationType)).toEqual(routes.map(() => 'AWS_IAM'));
  });

  it('Audit: the access log names the secret, the caller in each form of authorizer, and ids that join it to the function', () => {
    const [, stage] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage')[0] ?? [];
    const settings = stage?.AccessLogSettings as { Format: string } | undefined;
    expect(Object.values(JSON.parse(settings?.Format ?? '{}'))).toEqual(
      expect.arrayContaining([
        '$context.requestId',
        '$context.integration.requestId',
        '$context.path',
        '$context.identity.userArn',
        '$context.authorizer.claims.sub',
        '$context.authorizer.principalId',
        '$context.authorizer.error',
      ]),
    );
  });

  it('lets rotate-key alone replace the credential', () => {
    const writers = resourcesOf(template, 'AWS::IAM::Policy')
      .filter(([, { PolicyDocument }]) => JSON.stringify(PolicyDocument).includes('secretsmanager:PutSecretValue'))
      .map(([, { Roles }]) => Roles);
    expect(writers).toEqual([[{ Ref: 'RotateKeyRole' }]]);
  });

  it('has the credential rotated, encrypted by a key that Secrets Manager alone uses', () => {
    const secrets = resourcesOf(template, 'AWS::SecretsManager::Secret');
    expect(secrets.map(([, { Name }]) => Name)).toEqual([
      'conjur-functions/dev/credential/read-secret',
      'conjur-functions/dev/credential/write-secret',
      'conjur-functions/dev/credential',
    ]);
    for (const [, { KmsKeyId }] of secrets) expect(KmsKeyId).toEqual({ 'Fn::GetAtt': ['CredentialKey', 'Arn'] });
    expect(resourcesOf(template, 'AWS::SecretsManager::RotationSchedule')).toHaveLength(3);
    const [, permission] =
      resourcesOf(template, 'AWS::Lambda::Permission').find(
        ([, { Principal }]) => Principal === 'secretsmanager.amazonaws.com',
      ) ?? [];
    expect(permission).toMatchObject({ SourceAccount: { Ref: 'AWS::AccountId' } });
    const use = listStatements(template).filter(
      ({ resourceType, actions }) => resourceType === 'AWS::KMS::Key' && actions.includes('kms:Decrypt'),
    );
    expect(use.map(({ condition }) => JSON.stringify(condition)).every((text) => text.includes('kms:ViaService'))).toBe(
      true,
    );
  });

  it('keeps secret and key when the stack goes, but not those of a first deployment that failed', () => {
    for (const id of ['ConjurCredential', 'ReadSecretCredential', 'WriteSecretCredential', 'CredentialKey'])
      expect(template.Resources[id]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
  });

  it('never edits what CloudFormation makes the placeholder of: it would overwrite the credential in use', () => {
    for (const [, { GenerateSecretString: placeholder }] of resourcesOf(template, 'AWS::SecretsManager::Secret'))
      expect(JSON.stringify(placeholder)).toBe(
        '{"SecretStringTemplate":"{\\"username\\":\\"placeholder\\"}","GenerateStringKey":"api_key","PasswordLength":40,"ExcludePunctuation":true}',
      );
  });

  it("names roles and the dashboard, which are the account's, by the region too: the same stage may stand in two", () => {
    const names = resourcesOf(template, 'AWS::IAM::Role').flatMap(([, { RoleName }]) => RoleName ?? []);
    expect(names).toHaveLength(3);
    const [dashboard] = resourcesOf(template, 'AWS::CloudWatch::Dashboard');
    for (const name of [...names, dashboard?.[1].DashboardName])
      expect(name).toEqual({ 'Fn::Sub': expect.stringContaining(`\${AWS::Region}`) });
  });

  it('schedules the rotations, and a look at the age of each credential, in a group of its own', () => {
    const schedules = resourcesOf(template, 'AWS::Scheduler::Schedule');
    expect(schedules.map(([, { ScheduleExpression }]) => ScheduleExpression).sort()).toEqual([
      'rate(1 day)',
      'rate(1 day)',
      'rate(1 day)',
      'rate(30 days)',
      'rate(5 minutes)',
    ]);
    for (const [, { GroupName }] of schedules) expect(GroupName).toEqual({ Ref: 'RotationSchedules' });
  });

  it('makes the same zips, byte for byte, when it runs again', async () => {
    const first = await hashZips();
    await utimes(join(clone.directory, 'functions/read-secret/handler.ts'), 1, 1);
    expect((await pack(...EVERYTHING)).status).toBe(0);
    expect(await hashZips()).toEqual(first);
  }, 120_000);

  it('makes a template without a finding when every parameter is used', async () => {
    const everything = await readTemplate();
    expect(checkTemplate(everything)).toEqual([]);
    expect(
      resourcesOf(everything, 'AWS::ApiGatewayV2::Route').map(([, { AuthorizationType }]) => AuthorizationType),
    ).toContain('JWT');
    expect(Object.keys(everything.Resources)).toEqual(
      expect.arrayContaining(['VpcPolicy', 'TracingPolicy', 'LitellmKeyPolicy', 'RotationEventPolicy', 'Dashboard']),
    );
  });

  it('brings the layers to each function', async () => {
    const functions = resourcesOf(await readTemplate(), 'AWS::Lambda::Function').map(([, properties]) => properties);
    expect(functions.map(({ Layers }) => Layers)).toEqual(
      Array(3).fill(['arn:aws:lambda:eu-central-1:123456789012:layer:certificates:3']),
    );
  });

  it('bounds every role and encrypts every log group', async () => {
    const everything = await readTemplate();
    const roles = resourcesOf(everything, 'AWS::IAM::Role').map(([, properties]) => properties);
    expect(roles.length).toBeGreaterThan(3);
    for (const { Path, PermissionsBoundary } of roles)
      expect({ Path, PermissionsBoundary }).toEqual({
        Path: '/teams/secrets/',
        PermissionsBoundary: 'arn:aws:iam::123456789012:policy/boundary',
      });
    const groups = resourcesOf(everything, 'AWS::Logs::LogGroup').map(([, properties]) => properties);
    expect(groups).toHaveLength(4);
    for (const { KmsKeyId } of groups) expect(KmsKeyId).toMatch(/^arn:aws:kms:/);
  });

  it('opens the functions to the accounts and the organisation that are named, and throttles the API', async () => {
    const everything = await readTemplate();
    const callers = resourcesOf(everything, 'AWS::Lambda::Permission').filter(([id]) => id.includes('CalledBy'));
    expect(callers).toHaveLength(9);
    const [, stage] = resourcesOf(everything, 'AWS::ApiGatewayV2::Stage')[0] ?? [];
    expect(stage?.DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 });
  });

  it('makes nothing that the policy of whoever deploys does not allow', async () => {
    const types = new Set(Object.values((await readTemplate()).Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => DEPLOYMENT_ACTIONS[type] === undefined)).toEqual([]);
    const policy = JSON.parse(
      await readFile(join(clone.directory, 'infra/deploy/deployer-policy.json'), 'utf8'),
    ) as Policy;
    const allowed = new Set(policy.Statement.flatMap(({ Action }) => Action));
    expect(
      [...types].flatMap((type) => DEPLOYMENT_ACTIONS[type] ?? []).filter((action) => !allowed.has(action)),
    ).toEqual([]);
    // Of a managed policy, white space not counted.
    expect(JSON.stringify(policy).replace(/\s/g, '').length).toBeLessThanOrEqual(6_144);
    for (const { Action, Resource } of policy.Statement) {
      expect([Action].flat().filter((action) => action.includes('*'))).toEqual([]);
      expect(
        [Resource].flat().filter((resource) => resource !== '*' && !/conjur-functions|apigateway|layer/.test(resource)),
      ).toEqual([]);
    }
  });

  it('points each alarm to the runbook', async () => {
    const alarms = resourcesOf(await readTemplate(), 'AWS::CloudWatch::Alarm').map(([, properties]) => properties);
    expect(alarms.length).toBeGreaterThan(9);
    for (const { AlarmDescription } of alarms)
      expect(AlarmDescription).toContain('https://wiki.example.com/conjur-functions#');
  });

  it('makes no function before its role may do what Lambda asks for', async () => {
    const { Resources } = await readTemplate();
    const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions).toHaveLength(3);
    for (const { DependsOn } of functions)
      expect(DependsOn).toEqual(expect.arrayContaining(['VpcPolicy', 'TracingPolicy']));
  });

  it('says in one line, and once, what is wrong with a parameter', async () => {
    const misspelt = await pack('--param=vpc_subnet_id=subnet-1');
    expect(misspelt).toMatchObject({
      status: 1,
      stderr: 'package: There is no parameter "vpc_subnet_id". Did you mean vpc_subnet_ids?\n',
    });
  });

  it('tells a setting of the environment that is misspelt', async () => {
    const { stderr } = await runNode(['infra/deploy/package.ts', '--param=x=y'], {
      cwd: clone.directory,
      environment: { CYBERARK_ALOW_DELETE: 'true' },
    });
    expect(stderr.split('\n')[0]).toBe('CYBERARK_ALOW_DELETE is not a setting. Did you mean CYBERARK_ALLOW_DELETE?');
  });

  it('says once what is wrong with a value that many places ask for, and keeps the previous package', async () => {
    const before = await readTemplate();
    const { status, stderr } = await pack('--param=authorizer=none');
    expect(status).toBe(1);
    expect(stderr).toBe(
      'package: The parameter authorizer must be iam, jwt or lambda. A route without authorization is not deployed.\n',
    );
    expect(await readTemplate()).toEqual(before);
    expect(await hashZips()).toHaveLength(3);
  }, 60_000);

  it('makes a template that cfn-lint finds no error in', async ({ skip }) => {
    const lint = findProgram('cfn-lint');
    if (lint === undefined) return skip('cfn-lint is not on this machine: THE TEMPLATE WAS NOT LINTED.');
    const result = await runProgram(lint, ['--non-zero-exit-code', 'error', '--', TEMPLATE], { cwd: clone.directory });
    expect(result.stdout.split('\n').filter((line) => line.startsWith('E'))).toEqual([]);
    expect(result.status).toBe(0);
  }, 120_000);
});

describe('npm run package -- --param="http_api=off"', () => {
  it('makes no resource of API Gateway, and leaves the rest as it is', async () => {
    const withApi = await readTemplate();
    const packaged = await pack(...EVERYTHING, '--param=http_api=off');
    expect(packaged, packaged.stderr).toMatchObject({ status: 0 });
    const template = await readTemplate();
    expect(JSON.stringify(template)).not.toMatch(/apigateway|execute-api|http-api|HttpApi/i);
    const ofTheApi = Object.keys(withApi.Resources).filter((id) => id.includes('HttpApi'));
    expect(ofTheApi.length).toBeGreaterThan(15);
    expect(Object.keys(template.Resources).sort()).toEqual(
      Object.keys(withApi.Resources)
        .filter((id) => !ofTheApi.includes(id))
        .sort(),
    );
    for (const [id, resource] of Object.entries(template.Resources).filter(
      ([, { Type }]) => !Type.endsWith('Function'),
    ))
      expect(resource).toEqual(withApi.Resources[id]);
  }, 120_000);

  it('makes functions that the typed client, each schedule and Secrets Manager call as before', async () => {
    const world = await startTemplate(await readTemplate());
    const call = (id: string, event: unknown) => world.functions.get(id)?.handler(event, { awsRequestId: 'r1' });
    const lambda = {
      send: async ({ input }: InvokeCommand) => {
        const event: unknown = JSON.parse(Buffer.from(input.Payload as Uint8Array).toString('utf8'));
        return { Payload: Buffer.from(JSON.stringify(await call(input.FunctionName ?? '', event))) };
      },
    } as unknown as Pick<LambdaClient, 'send'>;
    const secrets = createSecretsClient({
      lambda,
      functionNames: {
        readSecret: 'ReadDashsecretLambdaFunction',
        writeSecret: 'WriteDashsecretLambdaFunction',
        rotateKey: 'RotateDashkeyLambdaFunction',
      },
    });
    expect(await secrets.writeSecret('app/db/password', 'first')).toMatchObject({ created: true, version: 1 });
    expect((await secrets.readSecret('app/db/password')).value.expose()).toBe('first');
    expect(await secrets.health()).toMatchObject({ login: 'host/blue' });

    const answers = new Map<string, unknown>();
    for (const { id, functionId, event } of world.schedules) answers.set(id, await call(functionId, event));
    const rotated = [...answers.values()].find((answer) => (answer as { strategy?: string }).strategy === 'random');
    expect(rotated).toMatchObject({ name: 'app/db/password', strategy: 'random', version: 2 });
    expect(answers.get('HeartbeatSchedule')).toMatchObject({ ok: true });
    const ages = [...answers].filter(([id]) => id.endsWith('AgeSchedule'));
    expect(ages).toHaveLength(3);
    for (const [, answer] of ages) expect(answer).toMatchObject({ age_seconds: expect.any(Number) });
    expect(answers.size).toBe(5);
    expect((await secrets.readSecret('app/db/password')).value.byteLength).toBe(40);
    expect(world.events).toHaveLength(1);

    expect(await world.switchRotationsOn()).toEqual(['testSecret done', 'testSecret done', 'testSecret done']);
  }, 60_000);
});

it.each(['package', 'deploy'])('npm run %s -- --help says how it is called, and does nothing', async (name) => {
  const { status, stdout, stderr } = await runNode([`infra/deploy/${name}.ts`, '--help'], { cwd: clone.directory });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain(`npm run ${name} -- [flags]`);
});

describe('npm run deploy', () => {
  const deploy = (...args: string[]): Promise<RunResult> =>
    runNode(['infra/deploy/deploy.ts', '--stage', 'prod', ...args], { cwd: clone.directory });

  it.each([
    ['a Conjur on this machine', [], 'CYBERARK_API_BASE must be the https URL of your Conjur', 1],
    ['a stage that npm took the flag of', ['prod'], '"prod" belongs to no flag', 2],
    [
      'plain http',
      ['--param=CYBERARK_API_BASE=http://conjur.example.com'],
      'CYBERARK_API_BASE must be the https URL',
      1,
    ],
    [
      'a deployment that does not say how the functions log in',
      ['--param=CYBERARK_API_BASE=https://conjur.example.com'],
      '--param="CYBERARK_AUTHN=api-key"',
      1,
    ],
    [
      'settings that every call would answer config_invalid to',
      ['--param=CYBERARK_API_BASE=https://conjur.example.com', '--param=CYBERARK_TIMEOUT_MS=soon'],
      'CYBERARK_TIMEOUT_MS must be a whole number',
      1,
    ],
  ])(
    'refuses %s in its last line, before AWS is asked',
    async (_, args, problem, expected) => {
      const { status, stdout, stderr } = await deploy(...args);
      expect(status).toBe(expected);
      expect(stderr.trimEnd().split('\n').at(-1)).toContain(problem);
      expect(stdout + stderr).not.toContain('Deploying');
    },
    60_000,
  );
});

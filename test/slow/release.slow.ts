import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FUNCTION_NAMES } from '../../infra/build/function-names.ts';
import { toParameterName } from '../../infra/release/portable-parameters.ts';
import type { PortableTemplate } from '../../infra/release/portable-template.ts';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { findProgram } from '../support/find-program.ts';
import { type RunResult, runNode, runProgram } from '../support/run-node.ts';
import { evaluateTemplate } from './release/evaluate-template.ts';

const REGION = 'us-east-1';
const ARN = `arn:aws:SERVICE:${REGION}:210987654321:`;
const arn = (service: string, resource: string): string => ARN.replace('SERVICE', service) + resource;

/** Parameters by their names in serverless.yml: what package is given one way, and the portable template the other. */
const CASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'an api key and nothing else': { CYBERARK_AUTHN: 'api-key' },
  'the identity of the roles, and no HTTP API': {
    CYBERARK_AUTHN: 'iam',
    CYBERARK_AUTHN_SERVICE_ID: 'aws',
    http_api: 'off',
    iam_host_branch: 'teams/aws',
    tracing: 'true',
    vpc_subnet_ids: 'subnet-0123456789abcdef0,subnet-0123456789abcdef1',
    vpc_security_group_ids: 'sg-0123456789abcdef0',
    caller_account_ids: '111111111111',
    caller_org_id: 'o-a1b2c3d4e5',
    rotate_key_concurrency: 'off',
    CYBERARK_AUTHN_IAM_STS: 'https://sts.us-east-1.amazonaws.com',
  },
  'JSON web tokens, and all that is optional': {
    CYBERARK_AUTHN: 'api-key',
    authorizer: 'jwt',
    jwt_issuer: 'https://issuer.example.com',
    jwt_audience: 'one,two',
    jwt_scopes: 'secrets:read,secrets:write',
    throttle_rate: '50',
    throttle_burst: '100',
    layer_arns: `${arn('lambda', 'layer:certificates:3')},${arn('lambda', 'layer:tools:1')}`,
    log_retention_days: '90',
    log_kms_key_arn: arn('kms', 'key/0a1b2c3d-1111-2222-3333-444455556666'),
    permissions_boundary: 'arn:aws:iam::210987654321:policy/boundary',
    role_path: '/teams/secrets/',
    alarm_topic_arn: arn('sns', 'alarms'),
    runbook_url: 'https://wiki.example.com/conjur-functions',
    credential_rotation: 'rate(7 days)',
    read_secret_credential_rotation: 'rate(45 days)',
    write_secret_credential_rotation: 'cron(0 9 1 * ? *)',
    rotate_key_concurrency: '7',
    ROTATION_EVENT_BUS_NAME: arn('events', 'event-bus/rotations'),
    LITELLM_API_BASE: 'https://litellm.example.com',
    LITELLM_MASTER_KEY_SECRET_ID: arn('secretsmanager', 'secret:litellm-AbCdEf'),
    litellm_kms_key_arn: arn('kms', 'key/1a1b2c3d-1111-2222-3333-444455556666'),
    CYBERARK_ACCOUNT: 'acme',
    CYBERARK_ACCESS_MODE: 'read_only',
    CYBERARK_HOSTED_KEYS: 'a,b',
    CYBERARK_CLIENT_KEY: '/opt/key.pem',
    HTTPS_PROXY: 'http://proxy.example.com:3128',
  },
  'an authorizer of ones own, and no rotation': {
    CYBERARK_AUTHN: 'api-key',
    authorizer: 'lambda',
    authorizer_function_arn: arn('lambda', 'function:decides'),
    heartbeat: 'off',
    credential_rotation: 'off',
    LITELLM_MASTER_KEY_SECRET_ID: arn('secretsmanager', 'secret:litellm-AbCdEf'),
  },
};

let clone: ProjectClone;
let released: RunResult;
let template: PortableTemplate;
const release = (): Promise<RunResult> => runNode(['infra/release/main.ts'], { cwd: clone.directory });
const pathOf = (name: string): string => join(clone.directory, 'dist/release', name);

beforeAll(async () => {
  clone = await cloneProject(['docs', 'package-lock.json']);
  released = await release();
  if (released.status === 0) template = JSON.parse(await readFile(pathOf('template.json'), 'utf8')) as PortableTemplate;
}, 300_000);

afterAll(() => clone[Symbol.asyncDispose]());

async function hashFiles(): Promise<Record<string, string>> {
  const names = (await readdir(pathOf(''))).sort();
  const sums = names.map(async (name) => [
    name,
    createHash('sha256')
      .update(await readFile(pathOf(name)))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(sums)) as Record<string, string>;
}

describe('npm run release', () => {
  it('writes templates, zips, bill of materials and their checksums', async () => {
    expect(released, released.stderr).toMatchObject({ status: 0 });
    const { SHA256SUMS, ...files } = await hashFiles();
    expect(SHA256SUMS).toBeDefined();
    const zips = FUNCTION_NAMES.map((name) => `${name}.zip`);
    expect(Object.keys(files)).toEqual([...zips, 'sbom.cdx.json', 'template-from-bucket.json', 'template.json'].sort());
    const lines = Object.entries(files).map(([name, sum]) => `${sum}  ${name}\n`);
    expect(await readFile(pathOf('SHA256SUMS'), 'utf8')).toBe(lines.join(''));
  });

  it('writes the same bytes when it runs again', async () => {
    const first = await hashFiles();
    expect((await release()).status).toBe(0);
    expect(await hashFiles()).toEqual(first);
  }, 300_000);

  it('leaves no mark and no region of its own', async () => {
    const text = await readFile(pathOf('template.json'), 'utf8');
    expect(text).not.toMatch(/mark-of|markedstage|ca-west-1|7300\d\d|ServerlessDeploymentBucket/);
  });

  it('describes every parameter', () => {
    const silent = Object.entries(template.Parameters).filter(([, { Description = '' }]) =>
      /^\w*$/.test(String(Description)),
    );
    expect(silent.map(([name]) => name)).toEqual([]);
    expect(Object.keys(template.Parameters).length).toBeGreaterThan(40);
    expect(Object.keys(template.Parameters).length).toBeLessThanOrEqual(200);
  });

  it('makes templates that cfn-lint finds no error in', async ({ skip }) => {
    const lint = findProgram('cfn-lint');
    if (lint === undefined) return skip('cfn-lint is not on this machine: THE TEMPLATES WERE NOT LINTED.');
    const paths = ['template.json', 'template-from-bucket.json'].map(pathOf);
    const { stdout } = await runProgram(lint, ['--', ...paths], { cwd: clone.directory });
    // That code is a file beside the template, and that a parameter may be empty where it is not used.
    const expected = /^(?:W3002|W1030) /;
    expect(stdout.split('\n').filter((line) => /^[EW]\d/.test(line) && !expected.test(line))).toEqual([]);
  }, 120_000);
});

describe('the portable template is what npm run package makes of the same parameters:', () => {
  it.each(Object.entries(CASES))(
    '%s',
    async (_, parameters) => {
      const given = { ...parameters, CYBERARK_API_BASE: 'https://conjur.example.com/api' };
      const args = Object.entries(given).map(([name, value]) => `--param=${name}=${value}`);
      const where = ['--stage', 'test', '--region', REGION];
      const packaged = await runNode(['infra/deploy/package.ts', ...where, ...args], { cwd: clone.directory });
      expect(packaged, packaged.stderr).toMatchObject({ status: 0 });
      const path = join(clone.directory, '.serverless/cloudformation-template-update-stack.json');
      const expected = evaluateTemplate(JSON.parse(await readFile(path, 'utf8')) as PortableTemplate, {
        'AWS::Region': REGION,
      });
      const renamed = Object.fromEntries(Object.entries(given).map(([name, value]) => [toParameterName(name), value]));
      const actual = evaluateTemplate(template, { 'AWS::Region': REGION, Stage: 'test', ...renamed });
      expect(toComparable(actual)).toEqual(toComparable(expected));
      expect(listRights(actual.Resources)).toEqual(listRights(expected.Resources));
    },
    120_000,
  );
});

type Evaluated = ReturnType<typeof evaluateTemplate>;

/** Without what only the framework has, what is compared as rights, and the order in which resources are made. */
function toComparable({ Resources, Outputs }: Evaluated): unknown {
  const own = Object.entries(Resources).filter(
    ([id, { Type }]) => !id.startsWith('Serverless') && Type !== 'AWS::IAM::Policy',
  );
  const resources = own.map(([id, { DependsOn: _, ...resource }]) => {
    const { Policies: _policies, Code: _code, ...properties } = resource.Properties as Record<string, unknown>;
    return [id.replace(/(?<=CalledByAccount)\d+$/, ''), { ...resource, Properties: properties }];
  });
  const outputs = Object.entries(Outputs as Record<string, { Export?: unknown }>)
    .filter(([id]) => !id.startsWith('Serverless'))
    .map(([id, { Export: _, ...output }]) => [id, output]);
  return { resources: Object.fromEntries(resources), outputs: Object.fromEntries(outputs) };
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: unknown[] };
  readonly Roles?: { readonly Ref: string }[];
}

/** The statements of each role, wherever they stand. */
function listRights(resources: Evaluated['Resources']): Record<string, string[]> {
  const of = (type: string): [string, Record<string, unknown>][] =>
    Object.entries(resources)
      .filter(([, { Type }]) => Type === type)
      .map(([id, { Properties }]) => [id, Properties as Record<string, unknown>]);
  const attached = of('AWS::IAM::Policy').map(([, policy]) => policy as unknown as Policy);
  return Object.fromEntries(
    of('AWS::IAM::Role').map(([id, { Policies = [] }]) => {
      const policies = [
        ...(Policies as Policy[]),
        ...attached.filter(({ Roles }) => Roles?.some(({ Ref }) => Ref === id)),
      ];
      return [id, policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement.map(toRight)).sort()];
    }),
  );
}

/** The template cannot name each subnet and group: all of a kind, once. */
function toRight(statement: unknown): string {
  const text = JSON.stringify(statement).replace(/(subnet|security-group)\/(?:subnet|sg)-\w+/g, '$1/*');
  const { Resource, ...rest } = JSON.parse(text) as { Resource: unknown };
  const resources = [Resource].flat().map((resource) => JSON.stringify(resource));
  return JSON.stringify({ ...rest, Resource: [...new Set(resources)] });
}

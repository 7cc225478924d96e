import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentOf, parseTemplate, resourcesOf, type Template } from '../../infra/deploy/template.ts';
import { cloneProject, type ProjectClone } from '../support/clone-project.ts';
import { runNode, runProgram } from '../support/run-node.ts';
import { PARAMETER_SETS, type ParameterSet } from './parameter-sets.ts';
import { type PythonTools, preparePython } from './python-tools.ts';

const PACKAGED = '.serverless/cloudformation-template-update-stack.json';
const NO_ROTATIONS = '  rotations: []';

let tools: PythonTools | undefined;
let clone: ProjectClone;
let config: string;

beforeAll(async () => {
  tools = await preparePython();
  clone = await cloneProject();
  config = await readFile(join(clone.directory, 'serverless.yml'), 'utf8');
});

afterAll(() => clone[Symbol.asyncDispose]());

async function pack({
  params,
  stage = 'prod',
  region = 'eu-central-1',
  rotations = '[]',
}: ParameterSet): Promise<Template> {
  const text = config.replace(NO_ROTATIONS, `  rotations: ${rotations}`);
  await writeFile(join(clone.directory, 'serverless.yml'), text);
  const given = Object.entries(params).map(([name, value]) => `--param=${name}=${value}`);
  const args = ['infra/deploy/package.ts', `--stage=${stage}`, `--region=${region}`, ...given];
  const packaged = await runNode(args, { cwd: clone.directory });
  expect(packaged, packaged.stderr).toMatchObject({ status: 0 });
  return parseTemplate(await readFile(join(clone.directory, PACKAGED), 'utf8'));
}

it('there are 30 parameter sets at least, and none twice', () => {
  expect(config).toContain(NO_ROTATIONS);
  expect(PARAMETER_SETS.length).toBeGreaterThanOrEqual(30);
  expect(new Set(PARAMETER_SETS.map(({ params, ...set }) => JSON.stringify({ params, ...set, name: '' }))).size).toBe(
    PARAMETER_SETS.length,
  );
});

describe.each(PARAMETER_SETS)('packaged with $name', (set) => {
  let template: Template;

  beforeAll(async () => {
    template = await pack(set);
  });

  it('cfn-lint finds no error', async ({ skip }) => {
    if (tools === undefined) return skip('cfn-lint cannot be had here: THE TEMPLATE WAS NOT LINTED.');
    const region = set.region ?? 'eu-central-1';
    const args = ['--non-zero-exit-code', 'error', '--regions', region, '--', PACKAGED];
    const { status, stdout, stderr } = await runProgram(tools.cfnLint, args, { cwd: clone.directory });
    expect({ status, errors: stdout.split('\n').filter((line) => line.startsWith('E')), stderr }).toEqual({
      ...{ status: 0, errors: [], stderr: '' },
    });
  });

  it('holds nothing that AWS would refuse halfway', () => {
    expect(findRefusals(template)).toEqual([]);
  });
});

/** What a resource is called in its account, by its type. */
const NAME_OF: Readonly<Record<string, string>> = {
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
};

/** What a linter does not know: limits of names and sizes, and names that two resources would have. */
function findRefusals(template: Template): string[] {
  const resources = Object.entries(template.Resources);
  const names = resources.flatMap(([, { Type, Properties = {} }]) => {
    const name = Properties[NAME_OF[Type] ?? ''];
    return name === undefined ? [] : [`${Type} ${JSON.stringify(name)}`];
  });
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  return [
    ...twice.map((name) => `${name} is there twice`),
    ...functions.flatMap(([id, { FunctionName, Layers }]) => [
      ...(String(FunctionName).length <= 64 ? [] : [`${id} has a name of more than 64 characters`]),
      ...((Layers as unknown[] | undefined)?.length === 0 ? [`${id} has an empty list of layers`] : []),
    ]),
    ...functions.flatMap(([id, properties]) =>
      Object.entries(environmentOf(properties))
        .filter(([name, value]) => !/^[A-Za-z]\w*$/.test(name) || value === '' || value === null)
        .map(([name]) => `${id} has a variable that Lambda does not take: ${name}`),
    ),
    ...resourcesOf(template, 'AWS::Scheduler::Schedule')
      .filter(([, { Name }]) => Name !== undefined && !/^[\w.-]{1,64}$/.test(String(Name)))
      .map(([id]) => `${id} has a name that EventBridge Scheduler does not take`),
    ...resourcesOf(template, 'AWS::CloudWatch::Alarm')
      .filter(([, { AlarmDescription }]) => String(AlarmDescription).length > 1_024)
      .map(([id]) => `${id} has too long a description`),
    ...(resources.length <= 500 ? [] : ['the stack has more than 500 resources']),
    ...(Buffer.byteLength(JSON.stringify(template)) <= 1_048_576 ? [] : ['the template is larger than 1 MB']),
  ];
}

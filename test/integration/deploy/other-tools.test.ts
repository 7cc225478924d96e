import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { listPortableParameters, toParameterName } from '../../../infra/release/portable-parameters.ts';
import { CHOICES } from '../../../infra/release/variants.ts';
import { findProgram } from '../../support/find-program.ts';
import { runProgram } from '../../support/run-node.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/other-tools.md');

/** The first block of a language on the page. */
function blockOf(language: string): string {
  const block = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1];
  if (block === undefined) throw new Error(`docs/other-tools.md has no ${language} block.`);
  return block;
}

const CHOSEN = Object.entries(CHOICES).map(([name, { default: byDefault }]) => ({ name, default: byDefault }));
const STAGE = { name: 'Stage', default: 'prod' };
/** Parameters of template.json. */
const PARAMETERS = [...listPortableParameters({}), ...CHOSEN].map((each) => ({
  ...each,
  name: toParameterName(each.name),
}));
/** Those of template-from-bucket.json too. */
const NAMES = ['Stage', 'CodeBucket', 'CodePrefix', ...PARAMETERS.map(({ name }) => name)];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-tools-'));
  await writeFile(join(folder, 'main.tf'), blockOf('hcl'));
  await writeFile(join(folder, 'sam.yaml'), blockOf('yaml'));
  // What the example names: the linter looks whether it is there.
  await mkdir(join(folder, 'dist/release'), { recursive: true });
  const Parameters = Object.fromEntries(
    [STAGE, ...PARAMETERS].map(({ name, default: Default }) => [name, { Type: 'String', Default }]),
  );
  const Resources = { Queue: { Type: 'AWS::SQS::Queue' } };
  const outputs = parse(read('infra/stack/outputs.yml'), { logLevel: 'silent' }) as { Outputs: object };
  const Outputs = Object.fromEntries(Object.keys(outputs.Outputs).map((name) => [name, { Value: 'known to AWS' }]));
  await writeFile(join(folder, 'dist/release/template.json'), JSON.stringify({ Parameters, Resources, Outputs }));
});
afterAll(() => rm(folder, { recursive: true }));

it('every parameter of serverless.yml is one of the template, or the page says that it is not', () => {
  const { params } = parse(read('serverless.yml'), { logLevel: 'silent' }) as { params: { default: object } };
  const missing = Object.keys(params.default).filter((name) => !NAMES.includes(toParameterName(name)));
  expect(missing.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

describe('the Terraform example', () => {
  const terraform = findProgram('terraform');
  const missing = 'terraform is not on this machine: THE EXAMPLE WAS NOT CHECKED.';

  it('is formatted as terraform fmt formats', async ({ skip }) => {
    if (terraform === undefined) return skip(missing);
    const { status, stdout, stderr } = await runProgram(terraform, ['fmt', '-check', '-diff'], { cwd: folder });
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: '' });
  });

  it('is valid, as far as that can be told without the provider for AWS', async ({ skip }) => {
    if (terraform === undefined) return skip(missing);
    const { stdout } = await runProgram(terraform, ['validate', '-json'], { cwd: folder });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { summary: string; detail: string }[] };
    // It has read the files, and lacks what `terraform init` would fetch.
    expect(diagnostics.map(({ summary }) => summary)).toEqual(['Missing required provider']);
    expect(diagnostics[0]?.detail).toContain('hashicorp/aws');
  });

  it('names parameters that the template has', () => expectKnown(blockOf('hcl'), /^ {4}(\w+) +=/gm));
});

/** @param pattern finds the names, each as its first group */
function expectKnown(example: string, pattern: RegExp): void {
  const parameters = example.slice(example.search(/parameters/i));
  const names = [...parameters.matchAll(pattern)].map(([, name]) => name ?? '');
  expect(names).toContain('CyberarkApiBase');
  expect(names.filter((name) => !NAMES.includes(name))).toEqual([]);
}

describe('the CDK example', () => {
  it('names parameters that the template has', () => expectKnown(blockOf('ts'), /^ {4}(\w+): '/gm));
});

describe('the SAM example', () => {
  it('names parameters that the template has', () => expectKnown(blockOf('yaml'), /^ {8}(\w+): /gm));

  it('passes cfn-lint', async ({ skip }) => {
    const lint = findProgram('cfn-lint');
    if (lint === undefined) return skip('cfn-lint is not on this machine: THE EXAMPLE WAS NOT LINTED.');
    const { status, stdout } = await runProgram(lint, ['--', 'sam.yaml'], { cwd: folder });
    expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: '' });
  }, 60_000);
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Template } from '../../../infra/deploy/template.ts';
import { check, endChecks } from '../checks.ts';
import { CONTROLS } from './security-hub.ts';

/** CDK and cdk-nag over what this project deploys. */

const { CDK_FOLDER = '', PROJECT_FOLDER = '' } = process.env;
const PACKS = ['AwsSolutionsChecks', 'NIST80053R5Checks', 'HIPAASecurityChecks', 'PCIDSS321Checks', 'ServerlessChecks'];
/** The rule packs' names before those of their rules; AWS Solutions numbers its rules, and keeps its name. */
const PACK_NAME = /^(?:NIST\.800\.53\.R5|HIPAA\.Security|PCI\.DSS\.321|Serverless)-/;
const FORMS = ['default', 'roles', 'everything'];

const read = (path: string): string => readFileSync(join(PROJECT_FOLDER, path), 'utf8');

/** Words in backquotes of the first column of the table under a heading. */
function readTable(heading: string): string[] {
  const section = read('docs/findings.md').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const cells = [...section.matchAll(/^\| (`.*?) \|/gm)].map(([, cell]) => cell ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w.-]+)`/g)].map(([, name]) => name ?? ''));
}

/** The example of docs/other-tools.md, run where its packages are. */
function synthesise(): Template {
  const example = /```ts\n(\/\/ CDK[\s\S]*?)```/.exec(read('docs/other-tools.md'))?.[1] ?? '';
  const file = join(CDK_FOLDER, 'example.ts');
  writeFileSync(file, example.replaceAll('dist/release', join(PROJECT_FOLDER, 'dist/release')));
  const out = join(CDK_FOLDER, 'example.out');
  const { status, stderr } = spawnSync(process.execPath, [file], {
    cwd: CDK_FOLDER,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: CDK_FOLDER, CDK_OUTDIR: out },
  });
  if (status !== 0) throw new Error(stderr.slice(-500));
  return JSON.parse(readFileSync(join(out, 'conjur-functions-prod.template.json'), 'utf8')) as Template;
}

function expectSynthesised(): void {
  const { Resources } = synthesise();
  const functions = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
  const buckets = functions.filter(({ Properties }) => JSON.stringify(Properties?.Code).includes('cdk-'));
  if (buckets.length !== 3) throw new Error(`${buckets.length} of 3 functions have their code as an asset`);
}

const load = createRequire(join(CDK_FOLDER, 'package.json'));

/** Rules that find something in a template, by the packs. */
function findRules(path: string): Set<string> {
  const { App, Stack, Validations } = load('aws-cdk-lib');
  const { CfnInclude } = load('aws-cdk-lib/cloudformation-include');
  const packs = load('cdk-nag');
  const outdir = join(CDK_FOLDER, 'nag.out');
  const app = new App({ outdir });
  new CfnInclude(new Stack(app, 'stack'), 'included', { templateFile: path });
  for (const pack of PACKS) Validations.of(app).addPlugins(new packs[pack](app));
  try {
    app.synth();
  } catch {
    // A finding is an error to it; the report has them all.
  }
  const { pluginReports } = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
  if (pluginReports.length < PACKS.length) throw new Error(`only ${pluginReports.length} packs have reported`);
  return new Set(pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => toRule(ruleName))));
}

interface Report {
  readonly pluginReports: readonly { readonly violations: readonly { readonly ruleName: string }[] }[];
}

/** `AwsSolutions-IAM5[Resource::*]` and `NIST.800.53.R5-LambdaDLQ` are `AwsSolutions-IAM5` and `LambdaDLQ`. */
function toRule(name: string): string {
  return name.replace(/\[.*$/s, '').replace(PACK_NAME, '');
}

check('cdk: the example of docs/other-tools.md synthesises', expectSynthesised);

const answered = new Set(readTable('cdk-nag'));
const found = new Set<string>();
for (const form of FORMS)
  check(`cdk-nag: every finding has its answer in docs/findings.md (${form})`, () => {
    const rules = [...findRules(join(CDK_FOLDER, `${form}.json`))];
    for (const rule of rules) found.add(rule);
    const open = rules.filter((rule) => !answered.has(rule));
    if (open.length > 0) throw new Error(open.join(', '));
  });
check('cdk-nag: every answer is about a finding that there is', () => {
  const idle = [...answered].filter((rule) => !found.has(rule));
  if (idle.length > 0) throw new Error(idle.join(', '));
});

const documented = readTable('Security Hub');
for (const [id, { always, find }] of Object.entries(CONTROLS))
  check(`Security Hub: ${id}`, () => {
    if (!documented.includes(id)) throw new Error('docs/findings.md does not explain it');
    for (const form of always ? FORMS : ['everything']) {
      const findings = find(JSON.parse(readFileSync(join(CDK_FOLDER, `${form}.json`), 'utf8')) as Template);
      if (findings.length > 0) throw new Error(`${form}: ${findings.join(', ')}`);
    }
  });

endChecks();

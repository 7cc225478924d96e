import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVERYTHING } from '../support/every-parameter.ts';
import { runProgram } from '../support/run-node.ts';
import type { Command, Peer } from './peer.ts';
import { runStep } from './run-step.ts';
import { type Check, parseTap } from './tap.ts';

/** A tool of somebody else's that looks at what this project deploys. It needs no Conjur. */
export type Tool = Omit<Peer, 'lacks'>;

const HERE = join(import.meta.dirname, 'cdk');
const ROOT = join(import.meta.dirname, '../..');
const TEMPLATE = join(ROOT, '.serverless/cloudformation-template-update-stack.json');
const ROLES = ['CYBERARK_AUTHN=iam', 'CYBERARK_AUTHN_SERVICE_ID=aws', 'http_api=off'];
const CONJUR = '--param=CYBERARK_API_BASE=https://conjur.example.com';

/** The stack in the forms that are looked at: arguments of `npm run package`. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  default: [CONJUR],
  roles: [CONJUR, ...ROLES.map((pair) => `--param=${pair}`)],
  everything: [...EVERYTHING, '--stage=prod'],
};

const { dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8')) as {
  dependencies: Readonly<Record<string, string>>;
};

const cdk: Tool = {
  name: 'CDK',
  client: `aws-cdk-lib ${dependencies['aws-cdk-lib']}, cdk-nag ${dependencies['cdk-nag']}`,
  async prepare(cache) {
    const folder = join(cache, 'cdk');
    mkdirSync(folder, { recursive: true });
    copyFileSync(join(HERE, 'package.json'), join(folder, 'package.json'));
    const install = ['install', '--no-audit', '--no-fund', '--no-package-lock'];
    await runStep({ program: 'npm', args: install, environment: npmEnvironment() }, folder);
    // One after the other: they package into the same folder.
    for (const [form, args] of Object.entries(FORMS)) {
      await runStep({ program: process.execPath, args: ['infra/deploy/package.ts', ...args] }, ROOT);
      copyFileSync(TEMPLATE, join(folder, `${form}.json`));
    }
    if (!existsSync(join(ROOT, 'dist/release/SHA256SUMS')))
      await runStep({ program: process.execPath, args: ['infra/release/main.ts'] }, ROOT);
    return {
      program: process.execPath,
      args: [join(HERE, 'peer.ts')],
      environment: { CDK_FOLDER: folder, PROJECT_FOLDER: ROOT },
    };
  },
};

/** Where npm is told of its registry: a mirror's address stands there. */
function npmEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] =>
      /^(?:npm_config_.*|NODE_EXTRA_CA_CERTS)$/i.test(entry[0]),
    ),
  );
}

/** In the order of the report. */
export const TOOLS: readonly Tool[] = [cdk];

/** Runs a tool, and reads its checks. */
export async function tryTool(command: Command): Promise<Check[]> {
  const { stdout, stderr } = await runProgram(command.program, command.args, {
    cwd: ROOT,
    environment: command.environment ?? {},
  });
  const checks = parseTap(stdout);
  if (checks.some(({ reason }) => reason !== undefined)) process.stderr.write(stderr.slice(-4000));
  return checks;
}

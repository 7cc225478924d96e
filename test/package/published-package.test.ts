import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { createConjurClient } from '../../lib/client.ts';
import { startExampleConjur } from './example-conjur.ts';
import { INSTALL, installPacked } from './install-packed.ts';
import { parseExamples } from './parse-examples.ts';
import { runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const PAGES = ['docs/client.md', 'docs/client-admin.md', 'docs/authenticators.md'];
const examples = PAGES.flatMap((page) => parseExamples(read(page)));
const [newcomer] = parseExamples(read('README.md'));

/** Runtime dependencies of the client, and why they are there. */
const DEPENDENCIES = {
  undici: 'HTTP',
  yaml: 'policy documents',
  'lru-cache': 'value cache',
};

const manifest = JSON.parse(read('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies?: unknown;
  readonly scripts: object;
};

let directory: string;
let files: readonly string[];
let offline = false;

beforeAll(async () => {
  ({ directory, files, offline } = await installPacked(root));
});

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the published package', () => {
  it('holds the build of lib/ and of the typed client, their types and documentation, and nothing else', () => {
    const others = files.filter(
      (path) =>
        !/^dist\/(?:lib|functions\/(?:client|contract|runtime)|infra\/(?:cli|doctor))\/(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.d\.ts|\.js)$/.test(
          path,
        ),
    );
    expect(others.sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'docs/authenticators.md',
      'docs/client-admin.md',
      'docs/client.md',
      'docs/invoke.md',
      'docs/settings.md',
      'package.json',
    ]);
    expect(files).toContain('dist/lib/index.js');
    for (const path of files.filter((name) => name.endsWith('.js')))
      expect(files).toContain(path.replace(/\.js$/, '.d.ts'));
  });

  it('has a doctor: npx conjur-functions doctor', async (context) => {
    if (offline) context.skip('the npm registry cannot be reached');
    const npx = (...args: string[]) =>
      runCommand('npx', ['--no', 'conjur-functions', ...args], { cwd: directory, environment: settings });
    const settings = { CYBERARK_API_BASE: 'http://127.0.0.1:9', CYBERARK_API_KEY: 'canary-value' };
    const help = await npx('doctor', '--help');
    expect(help.stdout).toContain('  npx conjur-functions doctor [flags]');
    const { status, stdout } = await npx('doctor', '--json');
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, checks: expect.arrayContaining([]) });
    expect(stdout).toContain('host_unreachable');
    expect(stdout).not.toContain('canary-value');
    expect(await npx('docter')).toMatchObject({ status: 2, stderr: expect.stringContaining('no command "docter"') });
  }, 60_000);

  it('has few runtime dependencies, none of them optional, and runs no script on installation', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(DEPENDENCIES).sort());
    expect(manifest.optionalDependencies).toBeUndefined();
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
  });
});

/** Ends a test that needs the package in a project where npm could not put it there, and says so. */
function needInstallation(context: TestContext): void {
  if (!offline) return;
  process.stderr.write('\nThe npm registry cannot be reached: the published package was NOT tried in a project.\n\n');
  context.skip('the npm registry cannot be reached');
}

/** Runs a program in the project. */
async function runProgram(name: string, code: string, environment: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(directory, name), code);
  return runCommand(process.execPath, [name], { cwd: directory, environment });
}

describe('the package in an empty project', () => {
  it("runs a newcomer's program of 12 lines, as the README has it", async (context) => {
    needInstallation(context);
    const lines = newcomer?.code.trimEnd().split('\n') ?? [];
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const word of ['await using', 'timeoutMs', 'for await']) expect(newcomer?.code).toContain(word);
    const conjur = await createLocalConjur({ policyLoadMs: 0 });
    try {
      const admin = createConjurClient({ baseUrl: conjur.url, auth: { type: 'api-key', apiKey: conjur.adminApiKey } });
      await admin.writeSecret('app/db/password', 'correct horse');
      await admin.writeSecret('app/db/user', 'app');
      await admin.close();
      const run = await runProgram('newcomer.ts', lines.join('\n'), {
        CONJUR_APPLIANCE_URL: conjur.url,
        CONJUR_AUTHN_LOGIN: 'admin',
        CONJUR_AUTHN_API_KEY: conjur.adminApiKey,
      });
      expect(run).toEqual({ status: 0, stderr: '', stdout: 'length: 13\napp/db/password\napp/db/user\n' });
    } finally {
      await conjur.close();
    }
  });

  it('is loaded by require() too', async (context) => {
    needInstallation(context);
    const code = `const { createConjurClient, Secret } = require('conjur-functions');
console.log(typeof createConjurClient, String(Secret.of('x')), typeof require('conjur-functions/package.json').name);`;
    expect(await runProgram('required.cjs', code)).toEqual({
      status: 0,
      stderr: '',
      stdout: 'function [redacted] string\n',
    });
  });

  it('says which package of AWS is missing, where an option needs one', async (context) => {
    needInstallation(context);
    const auths = {
      '@aws-sdk/client-secrets-manager': { type: 'api-key', apiKeySecretId: 'conjur/credential' },
      '@aws-sdk/credential-provider-node': { type: 'iam', login: 'host/a', serviceId: 'prod', sts: 'global' },
    };
    const code = `import { createConjurClient } from 'conjur-functions';
for (const auth of ${JSON.stringify(Object.values(auths))}) {
  const conjur = createConjurClient({ baseUrl: 'http://127.0.0.1:9', auth });
  await conjur.whoami().catch(({ code, message }) => console.log(code, message));
}`;
    const { stdout } = await runProgram('missing.js', code);
    const packages = stdout.match(/^config_invalid The package (\S+) is needed/gm);
    expect(packages).toEqual(Object.keys(auths).map((name) => `config_invalid The package ${name} is needed`));
    expect(stdout).toContain('npm install @aws-sdk/client-secrets-manager');
  });
});

describe('the examples of the documentation, in an empty project with the package installed', () => {
  it('are type-checked, and print what they say', { timeout: 120_000 }, async (context) => {
    needInstallation(context);
    const peers = Object.entries(manifest.peerDependencies).map(([name, range]) => `${name}@${range}`);
    const added = await runCommand('npm', [...INSTALL, ...peers], { cwd: directory });
    expect(added).toMatchObject({ status: 0 });
    const surroundings = join(directory, 'etc');
    mkdirSync(surroundings);
    const conjur = await startExampleConjur(surroundings);
    try {
      const names = writeExamples(conjur.places);
      expect((await typeCheck()).stdout).toBe('');
      const run = await runCommand(process.execPath, ['main.js'], { cwd: directory, environment: conjur.environment });
      expect(run.stderr).toBe('');
      expect(sections(run.stdout)).toEqual(Object.fromEntries(names.map((name, i) => [name, examples[i]?.prints])));
      expect(run.status).toBe(0);
    } finally {
      await conjur.close();
    }
  });

  /** One file for each example, and one that runs them one after the other. @returns the names of the files */
  function writeExamples(places: Readonly<Record<string, string>>): string[] {
    const names = examples.map(({ title }, i) => `${i + 1}-${title.toLowerCase().replace(/[^a-z]+/g, '-')}.ts`);
    for (const [i, { code }] of examples.entries()) {
      const here = Object.entries(places).reduce((text, [place, real]) => text.replaceAll(place, real), code);
      writeFileSync(join(directory, names[i] as string), here);
    }
    const main = names.map((name) => `console.log('## ${name}');\nawait import('./${name}');\n`);
    writeFileSync(join(directory, 'main.js'), main.join(''));
    return names;
  }

  function typeCheck() {
    const require = createRequire(import.meta.url);
    const types = join(dirname(require.resolve('@types/node/package.json')), '..');
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      typeRoots: [types],
      types: ['node'],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
    return runCommand(process.execPath, [compiler], { cwd: directory });
  }

  function sections(output: string): Record<string, string[]> {
    const parts = output.split(/^## /m).slice(1);
    return Object.fromEntries(parts.map((part) => [part.split('\n')[0], part.split('\n').slice(1, -1)]));
  }
});

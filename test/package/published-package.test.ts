import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExampleConjur } from './example-conjur.ts';
import { parseExamples } from './parse-examples.ts';
import { runCommand } from './run-command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = parseExamples(readFileSync(join(root, 'docs/client.md'), 'utf8'));

/** Runtime dependencies of the client, and why they are there. */
const DEPENDENCIES = {
  undici: 'HTTP',
  yaml: 'policy documents',
  'lru-cache': 'value cache',
  '@aws-sdk/client-secrets-manager': 'credentials in Secrets Manager',
  '@aws-sdk/credential-provider-node': 'authn-iam',
  '@smithy/signature-v4': 'authn-iam',
  '@smithy/hash-node': 'authn-iam',
};

/** What npm says where the registry cannot be reached. */
const OFFLINE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED)\b/;

let directory: string;
let files: string[];
let offline = false;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'conjur-package-'));
  const packed = await runCommand('npm', ['pack', '--json', '--pack-destination', directory], { cwd: root });
  expect(packed.stderr + packed.stdout).toContain('.tgz');
  const report: unknown = JSON.parse(packed.stdout.slice(packed.stdout.search(/^[[{]/m)));
  const [tarball] = Object.values(report as Record<string, { filename: string; files: { path: string }[] }>);
  files = tarball?.files.map(({ path }) => path) ?? [];
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const installed = await runCommand('npm', ['install', ...flags, `./${tarball?.filename}`], { cwd: directory });
  offline = installed.status !== 0 && OFFLINE.test(installed.stderr);
  if (!offline) expect(installed).toMatchObject({ status: 0 });
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
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(Object.keys(manifest.dependencies).sort()).toEqual(Object.keys(DEPENDENCIES).sort());
    expect(manifest.optionalDependencies).toBeUndefined();
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
  });
});

describe('the examples of docs/client.md, in an empty project with the package installed', () => {
  it('are type-checked, and print what they say', { timeout: 120_000 }, async (context) => {
    if (offline) {
      process.stderr.write(
        '\nThe npm registry cannot be reached: the published package was NOT tried in a project.\n\n',
      );
      context.skip('the npm registry cannot be reached');
    }
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

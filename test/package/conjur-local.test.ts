import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPacked } from './install-packed.ts';
import { runCommand } from './run-command.ts';

const source = fileURLToPath(new URL('../../infra/local/conjur', import.meta.url));

let directory: string;
let files: readonly string[];
let offline = false;

beforeAll(async () => {
  ({ directory, files, offline } = await installPacked(source));
}, 180_000);

afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the package conjur-local', () => {
  it('holds JavaScript with its types, a README and a licence, and nothing else', () => {
    const others = files.filter((path) => !/^dist\/(?:[a-z0-9-]+\/)*[a-z0-9-]+(?:\.d\.ts|\.js)$/.test(path));
    expect(others.sort()).toEqual(['README.md', 'dist/LICENSE', 'package.json']);
    expect(files).toContain('dist/main.js');
  });

  it('tells of every option in its README', () => {
    const declared = readFileSync(join(source, 'options.ts'), 'utf8');
    const [, body = ''] = /interface LocalConjurOptions \{\n([\s\S]*?)\n\}/.exec(declared) ?? [];
    const options = [...body.matchAll(/^ {2}readonly (\w+)\?/gm)].map(([, name]) => name);
    expect(options.length).toBeGreaterThan(15);
    const readme = readFileSync(join(source, 'README.md'), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const told = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(told.sort()).toEqual(options.sort());
  });

  it('imports nothing of the repository around it', () => {
    for (const path of files.filter((name) => name.endsWith('.js'))) {
      const text = readFileSync(join(source, path), 'utf8');
      const depth = path.split('/').length - 2;
      for (const [, target = ''] of text.matchAll(/from '(\.[^']+)'/g)) {
        expect([path, target.split('../').length - 1 <= depth]).toEqual([path, true]);
      }
    }
  });

  it('takes its dependencies from the versions on that the repository tests with, and runs nothing on installation', () => {
    const own = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    const root = JSON.parse(readFileSync(join(source, '../../../package.json'), 'utf8'));
    for (const [name, version] of Object.entries(own.dependencies)) {
      const tested: string = root.dependencies[name] ?? root.devDependencies[name];
      expect([name, version]).toEqual([name, `^${tested.replace('^', '')}`]);
    }
    for (const script of ['preinstall', 'install', 'postinstall']) expect(own.scripts).not.toHaveProperty(script);
  });
});

describe('in an empty project with the package installed', () => {
  it('npx conjur-local starts it', { timeout: 60_000 }, async (context) => {
    skipOffline(context);
    const child = spawn('npx', ['--no-install', 'conjur-local', '--port', '0', '--admin-api-key', 'my-admin-key'], {
      cwd: directory,
      detached: true,
    });
    try {
      const url = await readyUrl(child);
      const login = await fetch(`${url}/authn/default/admin/authenticate`, { method: 'POST', body: 'my-admin-key' });
      expect(login.status).toBe(200);
    } finally {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    }
  });

  it('the test of its README runs, and its types are found', { timeout: 60_000 }, async (context) => {
    skipOffline(context);
    const [, example = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(source, 'README.md'), 'utf8')) ?? [];
    writeFileSync(join(directory, 'own.test.js'), example);
    const run = await runCommand(process.execPath, ['--test', 'own.test.js'], { cwd: directory });
    expect(run.stdout).toMatch(/pass 1\b/);
    expect(run.status).toBe(0);
    expect((await typeCheck()).stdout).toBe('');
  });
});

function skipOffline(context: { skip(reason: string): void }): void {
  if (!offline) return;
  process.stderr.write('\nThe npm registry cannot be reached: conjur-local was NOT tried in a project.\n\n');
  context.skip('the npm registry cannot be reached');
}

function readyUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /ready at (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', reject);
    child.on('close', (status) => reject(new Error(`ended with ${status}: ${output}`)));
  });
}

/** A user's program against the declarations of the package alone. */
function typeCheck() {
  const require = createRequire(import.meta.url);
  const program = `import { createLocalConjur, DataFileLockedError, type LocalConjurOptions } from 'conjur-local';
const options: LocalConjurOptions = { port: 0, tokenTtlSeconds: 5, onRequest: ({ path }) => path.length };
try {
  const conjur = await createLocalConjur(options);
  const url: string = conjur.url;
  await conjur.close();
} catch (error) {
  if (error instanceof DataFileLockedError) throw error;
}
`;
  writeFileSync(join(directory, 'own.ts'), program);
  const compilerOptions = {
    ...{ target: 'es2024', module: 'nodenext', strict: true, exactOptionalPropertyTypes: true, noEmit: true },
    typeRoots: [join(dirname(require.resolve('@types/node/package.json')), '..')],
    types: ['node'],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['own.ts'] }));
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  return runCommand(process.execPath, [compiler], { cwd: directory });
}

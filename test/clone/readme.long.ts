import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDocBlocks } from '../support/doc-blocks.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [START, TRY, TEST] = readDocBlocks('README.md')
  .filter(({ language }) => language === 'sh')
  .map(({ text }) => text.trim());
const run = promisify(execFile);

/** What a reader of the README may have, as npm has them for this platform. */
const NODES = ['20.20.2', '24.21.0'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-clone-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The environment of a shell that knows nothing of this run, with a Node of its own first on the path. */
async function createShell(node: string): Promise<NodeJS.ProcessEnv> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = join(folder, `node-${node}`);
  await run('npm', ['install', '--prefix', prefix, '--no-save', `node-${platform}-${process.arch}@${node}`]);
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  const bin = join(prefix, `node_modules/node-${platform}-${process.arch}/bin`);
  const inherited = Object.entries(process.env).filter(([name]) => !/^(?:npm_|VITEST|NODE_|INIT_CWD$)/.test(name));
  return { ...Object.fromEntries(inherited), PATH: [bin, ...path].join(delimiter), NO_COLOR: '1' };
}

describe.each(NODES)('the README, from a clone, with Node %s', (node) => {
  let clone: string;
  let shell: NodeJS.ProcessEnv;
  let started: ChildProcess | undefined;

  beforeAll(async () => {
    clone = join(folder, `clone-${node}`);
    await run('git', ['clone', '--quiet', ROOT, clone]);
    shell = await createShell(node);
    expect((await run('node', ['--version'], { env: shell })).stdout.trim()).toBe(`v${node}`);
  });

  afterAll(() => {
    // The whole group: bash, npm, and what they started.
    // Ctrl-C ends them by a signal, which leaves no exit code; then the group is gone.
    if (started?.pid === undefined || started.exitCode !== null || started.signalCode !== null) return;
    try {
      process.kill(-started.pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  });

  it('says in one line, without a stack, that packages are missing', async () => {
    const { scripts } = JSON.parse(await readFile(join(clone, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const script of Object.values(scripts)) {
      const failure = await run('bash', ['-c', script], { cwd: clone, env: shell }).then(
        () => undefined,
        (error: { stderr: string }) => error.stderr,
      );
      expect(failure?.trim().split('\n')).toEqual([expect.stringContaining('Run "npm ci" first')]);
    }
  });

  it('starts with the first command, and npm ci warns of nothing', async () => {
    let output = '';
    const child = spawn('bash', ['-c', START ?? ''], { cwd: clone, env: shell, detached: true });
    started = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    for (let waits = 0; !output.includes('Ctrl-C ends all of it.'); waits += 1) {
      if (waits > 2_400 || child.exitCode !== null) throw new Error(`It did not start:\n${output}`);
      await delay(100);
    }
    const installation = output.slice(0, output.indexOf('> conjur-functions@'));
    expect(installation).toMatch(/^\s*added \d+ packages in \S+\s*$/);
    expect(output).not.toContain('NOT READY');
  }, 600_000);

  it('answers the commands that are there to be pasted', async () => {
    const script = `set -euo pipefail\ncurl() { command curl --fail "$@"; }\n${TRY}`;
    const { stdout } = await run('bash', ['-c', script], { cwd: clone, env: shell });
    expect(stdout).toContain('"value":"sk-my-first-key"');
    expect(stdout).toContain('"strategy":"random"');
  });

  it('ends everything on Ctrl-C', async () => {
    if (started?.pid === undefined) throw new Error('Nothing was started.');
    process.kill(-started.pid, 'SIGINT');
    await expect.poll(() => started?.exitCode ?? started?.signalCode, { timeout: 20_000 }).not.toBeNull();
    await expect(fetch('http://127.0.0.1:3000/health')).rejects.toThrow();
  });

  it('tells a Node that is too old what to do, also past npm', async () => {
    const { stderr } = await run('node', ['infra/run.js', 'infra/doctor/main.ts', '--help'], {
      cwd: clone,
      env: shell,
    }).catch((error: { stderr: string }) => error);
    expect(stderr).toBe(
      node.startsWith('24')
        ? ''
        : `This is Node ${node}. "npm run" and "npx" use the Node 24 that "npm ci" has brought: start the command through them.\n`,
    );
  });
});

it('the test command of the README is what a build runs on a clean clone', async () => {
  const build = await readFile(join(ROOT, '.ci/run'), 'utf8');
  expect(TEST).toBe('npm ci && npm test');
  expect(build).toMatch(/^npm ci$/m);
  expect(build).toMatch(/^run_suite npm test$/m);
});

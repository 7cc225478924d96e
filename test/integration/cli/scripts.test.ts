import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunResult, runProgram } from '../../support/run-node.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const SCRIPTS = Object.entries(scripts);

/** How a script is called, where it is not `npm run NAME`. */
const CALLS: Readonly<Record<string, string>> = {
  test: 'npm test --',
  start: 'npm start --',
  // A package of its own, which any project can run.
  'conjur:local': 'npx conjur-local [flags]',
};

/** Only the sources: what a command leaves behind shows at once. */
let clone: string;

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  for (const part of ['functions', 'lib', 'infra', 'test', 'package.json', 'serverless.yml'])
    await cp(join(root, part), join(clone, part), { recursive: true });
});

afterAll(() => rm(clone, { recursive: true, force: true }));

/** As npm runs it: in the shell, with the words that follow `--`. */
function run(script: string, ...words: string[]): Promise<RunResult> {
  return runProgram('sh', ['-c', [script, ...words].join(' ')], { cwd: clone });
}

/** Every file of the clone, with the time of its last change. */
async function look(): Promise<Map<string, number>> {
  const names = (await readdir(clone, { recursive: true })).filter((name) => !name.startsWith('node_modules'));
  return new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(join(clone, name))).mtimeMs] as const)),
  );
}

describe('every script of package.json', () => {
  let before: Map<string, number>;

  it('says in one line that packages are missing', async () => {
    for (const [, script] of SCRIPTS) {
      const { status, stdout, stderr } = await run(script);
      expect({ status, stdout, lines: stderr.trim().split('\n') }).toEqual({
        ...{ status: 1, stdout: '' },
        lines: [expect.stringContaining('Run "npm ci"')],
      });
    }
  });

  describe.concurrent('with its packages', () => {
    beforeAll(async () => {
      await symlink(join(root, 'node_modules'), join(clone, 'node_modules'), 'dir');
      before = await look();
    });

    it.each(SCRIPTS)('npm run %s -- --help helps', async (name, script) => {
      const { status, stdout, stderr } = await run(script, '--help');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^[A-Z].*\.\n\n {2}np[mx] /);
      expect(stdout).toContain(CALLS[name] ?? `npm run ${name} --`);
      expect(stdout).toMatch(/^ {2}--help/m);
    });

    it.each(SCRIPTS)('npm run %s -- --no-such-flag is one line and exit status 2', async (_, script) => {
      const { status, stdout, stderr } = await run(script, '--no-such-flag');
      expect({ status, stdout, lines: stderr.trim().split('\n') }).toEqual({
        ...{ status: 2, stdout: '' },
        lines: [expect.stringContaining('--no-such-flag')],
      });
    });
  });

  it('does nothing else than to help, or to refuse a flag', async () => {
    expect(await look()).toEqual(before);
  });
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../support/find-program.ts';

/** The machine lacks what it takes to run LiteLLM, which says nothing about the plug-in. */
export class CannotRunError extends Error {}

export interface VirtualEnvironment {
  readonly python: string;
  /** Folder of the wheels of older versions. */
  readonly older: string;
}

const FOLDER = fileURLToPath(new URL('../../.local/litellm/', import.meta.url));
const fileOf = (name: string): string => fileURLToPath(new URL(`./real/${name}`, import.meta.url));
const SUPPORTED = 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))';

/**
 * A virtual environment with the LiteLLM of `requirements.txt`, made on the first run and kept in `.local/litellm` until a pin changes.
 * @throws CannotRunError where there is no Python for it, or its registry cannot be reached
 */
export function createVirtualEnvironment(): VirtualEnvironment {
  const pins = ['requirements.txt', 'constraints.txt', 'older.txt'].map((name) => readFileSync(fileOf(name), 'utf8'));
  const digest = createHash('sha256').update(pins.join()).digest('hex').slice(0, 12);
  const home = `${FOLDER}${digest}`;
  const python = `${home}/bin/python`;
  const done = `${home}/done`;
  if (!existsSync(done)) {
    if (existsSync(FOLDER)) for (const old of readdirSync(FOLDER)) rmSync(`${FOLDER}${old}`, { recursive: true });
    mkdirSync(FOLDER, { recursive: true });
    run(findPython(), ['-m', 'venv', home], 'the virtual environment could not be made');
    console.log('installing LiteLLM into .local/litellm (once; some minutes) …');
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--quiet'];
    const pinned = ['-r', fileOf('requirements.txt'), '-c', fileOf('constraints.txt')];
    run(python, [...pip, 'install', ...pinned], 'LiteLLM could not be installed');
    for (const version of versionsOf(fileOf('older.txt'))) {
      // For another Python than this one may be: a wheel whose source is read runs nowhere.
      const anywhere = ['--python-version', '3.11', '--platform', 'manylinux_2_28_x86_64', '--only-binary', ':all:'];
      const target = ['--no-deps', '--dest', `${home}/older`];
      run(python, [...pip, 'download', ...anywhere, ...target, version], `${version} could not be fetched`);
    }
    writeFileSync(done, '');
  }
  return { python, older: `${home}/older` };
}

function findPython(): string {
  const names = ['python3', 'python3.13', 'python3.12', 'python3.11'];
  const found = names.map(findProgram).filter((path) => path !== undefined);
  const fit = found.find((path) => spawnSync(path, ['-c', SUPPORTED]).status === 0);
  if (fit !== undefined) return fit;
  throw new CannotRunError(found.length === 0 ? 'there is no python3' : 'there is no Python from 3.11 to 3.13');
}

function versionsOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line));
}

function run(program: string, args: readonly string[], failure: string): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 1_200_000 });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').slice(-3).join('\n');
  throw new CannotRunError(`${failure}:\n${reason}`);
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../support/find-program.ts';
import { runProgram } from '../support/run-node.ts';

const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
/** Ignored by git. */
const CACHE = fileURLToPath(new URL('../../.local/python', import.meta.url));
/** What pip may need of this machine's environment: where its registry and its certificates are. */
const INHERITED = /^(?:PIP_.*|SSL_CERT_.*|https?_proxy|no_proxy|TMPDIR)$/i;

export interface PythonTools {
  readonly python: string;
  readonly cfnLint: string;
}

/**
 * A Python that has what requirements.txt pins, in a virtual environment that is made once. Undefined where this machine has no Python,
 * or cannot get the packages: said on stderr, so that nobody takes a test that was left out for one that passed.
 */
export async function preparePython(): Promise<PythonTools | undefined> {
  const python3 = findProgram('python3');
  if (python3 === undefined) return lacking('there is no python3');
  const pinned = readFileSync(REQUIREMENTS, 'utf8');
  const folder = join(CACHE, createHash('sha256').update(pinned).digest('hex').slice(0, 12));
  const done = join(folder, 'done');
  if (!existsSync(done)) {
    const fault = await install(python3, folder);
    if (fault !== undefined) {
      await rm(folder, { recursive: true, force: true });
      return lacking(fault);
    }
    await writeFile(done, pinned);
  }
  process.stdout.write(
    `${pinned
      .replace(/^#.*\n/gm, '')
      .trim()
      .split('\n')
      .join(', ')}\n`,
  );
  return { python: join(folder, 'bin/python'), cfnLint: join(folder, 'bin/cfn-lint') };
}

/** @returns what went wrong */
async function install(python3: string, folder: string): Promise<string | undefined> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const environment = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => INHERITED.test(entry[0])),
  );
  const steps: [string, string[]][] = [
    [python3, ['-m', 'venv', folder]],
    [
      join(folder, 'bin/python'),
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS],
    ],
  ];
  for (const [program, args] of steps) {
    const { status, stderr } = await runProgram(program, args, { cwd: folder, environment });
    if (status !== 0) return `${program} ${args.slice(0, 3).join(' ')} failed: ${stderr.trim().split('\n').at(-1)}`;
  }
  return undefined;
}

function lacking(reason: string): undefined {
  process.stderr.write(`moto and cfn-lint cannot be had here: ${reason}\n`);
  return undefined;
}

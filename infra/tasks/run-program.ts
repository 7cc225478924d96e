import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/**
 * Runs a program of node_modules, or of PATH, with this process's own input and output.
 * @returns its exit status; 1 where a signal ended it
 * @throws Error where it cannot be started
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const PATH = `${BIN}${delimiter}${process.env.PATH ?? ''}`;
  // On Windows these are .cmd files, which only a shell starts.
  const shell = process.platform === 'win32';
  const child = spawn(program, args, { stdio: 'inherit', shell, env: { ...process.env, PATH, ...environment } });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
}

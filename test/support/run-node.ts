import { spawn } from 'node:child_process';

export interface RunResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunNodeOptions {
  readonly cwd: string;
  /** Beside PATH and HOME: nothing else of this process's environment gets through. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a script of the project in a process of its own. */
export function runNode(args: readonly string[], options: RunNodeOptions): Promise<RunResult> {
  return runProgram(process.execPath, args, options);
}

export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunNodeOptions,
): Promise<RunResult> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, ...output };
}

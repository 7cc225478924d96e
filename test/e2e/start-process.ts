import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findFreePort } from '../../infra/local/stack/find-free-port.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START = fileURLToPath(new URL('../../infra/local/stack/main.ts', import.meta.url));

/** A start under way. */
export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

/** `npm start` in a process of its own, without npm. */
export function start(...args: string[]): Run {
  return startWith({}, ...args);
}

/** With more in its environment. */
export function startWith(environment: Readonly<Record<string, string>>, ...args: string[]): Run {
  return watch(
    spawn(process.execPath, [START, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    }),
  );
}

/** By `npm start`, with npm and a shell in between. */
export function startByNpm(...args: string[]): Run {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  return watch(spawn('npm', ['start', '--', ...args], { stdio, cwd: ROOT }));
}

function watch(child: ChildProcess): Run {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', resolve)) };
}

/** Waits until it has printed a text. */
export async function until(run: Run, text: string): Promise<void> {
  for (let waits = 0; !run.output().includes(text); waits += 1) {
    if (waits > 800 || run.child.exitCode !== null) throw new Error(`"${text}" was never printed:\n${run.output()}`);
    await delay(100);
  }
}

export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

/** Flags for a stack of its own, without a data file. */
export async function ownStack(): Promise<{ flags: string[]; api: number; lambda: number; conjur: number }> {
  const [api, lambda, conjur] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const flags = ['--api-port', api, '--lambda-port', lambda, '--conjur-port', conjur, '--data', ':memory:'].map(String);
  return { flags, api, lambda, conjur };
}

/** Id of the process that runs the functions, once there is one. */
export async function functionsOf(pid: number | undefined): Promise<number> {
  for (;;) {
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,pid=,args=']);
    const id = new RegExp(`^ *${pid} +(\\d+) .*serverless`, 'm').exec(stdout)?.[1];
    if (id !== undefined) return Number(id);
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface FunctionsOptions {
  readonly apiPort: number;
  readonly lambdaPort: number;
  /** Environment of the functions, beside what they get of this process's; what is undefined here they do not get. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Parameters of serverless.yml. Default: none. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Told of every line that the functions, or what runs them, print. */
  readonly onLine: (line: string) => void;
  /** Ends the start, and what was started. */
  readonly signal: AbortSignal;
}

export interface RunningFunctions {
  readonly apiUrl: string;
  readonly lambdaUrl: string;
  /** Resolves when the functions have ended, by {@link RunningFunctions.close} or by themselves. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Whatever runs the functions is gone, though nobody has ended it. */
export class FunctionsEndedError extends Error {}

/** Loaded into the process of serverless-offline before anything else. */
const LOADED_FIRST = [
  './guard-servers.ts',
  './answer-as-lambda.ts',
  './number-requests.ts',
  './load-once.ts',
  './end-with-parent.ts',
].flatMap((file) => ['--import', new URL(file, import.meta.url).href]);
/** Lines that are kept for the case that the start fails. */
const LAST_WORDS = 15;
/** A start that fails ends by itself; this is for one that hangs. A machine that is busy with other things has taken more than a minute. */
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * Runs the built functions behind serverless-offline: an HTTP API, and the endpoint of Lambda's Invoke.
 * @throws the reason of the signal, where that ends the start
 */
export async function startFunctions(options: FunctionsOptions): Promise<RunningFunctions> {
  const child = spawn(process.execPath, [...LOADED_FIRST, serverlessBin(), ...offlineArguments(options)], {
    cwd: root,
    env: { ...process.env, ...options.environment, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    // Nothing is written to its input; that it ends tells that this process is gone.
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C reaches only this process, which then ends all in order.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines: string[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    if (lines.length > LAST_WORDS) lines.shift();
    options.onLine(line);
  };
  forwardLines(child, onLine);
  const running = { ...urlsOf(options), ended, close: () => stop(child, ended) };
  try {
    await waitUntilReady(running, ended, options.signal);
  } catch (error) {
    await running.close();
    options.signal.throwIfAborted();
    throw new FunctionsEndedError(`${(error as Error).message} Its last words:\n${lines.join('\n')}`, { cause: error });
  }
  return running;
}

function serverlessBin(): string {
  const manifest = createRequire(import.meta.url).resolve('serverless/package.json');
  return join(dirname(manifest), 'bin/serverless.js');
}

function offlineArguments({ apiPort, lambdaPort, parameters = {} }: FunctionsOptions): string[] {
  // --noAuth: what stands for API Gateway here cannot check IAM signatures.
  // --useInProcess: otherwise each of many concurrent calls starts a thread of its own, for which a small machine has no time.
  const flags = ['--noAuth', '--localEnvironment', '--useInProcess', '--noPrependStageInUrl', '--host', '127.0.0.1'];
  const params = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const ports = ['--httpPort', String(apiPort), '--lambdaPort', String(lambdaPort)];
  return ['offline', 'start', ...flags, ...ports, ...params];
}

function urlsOf({ apiPort, lambdaPort }: FunctionsOptions): { apiUrl: string; lambdaUrl: string } {
  return { apiUrl: `http://127.0.0.1:${apiPort}`, lambdaUrl: `http://127.0.0.1:${lambdaPort}` };
}

function forwardLines(child: ChildProcess, onLine: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
}

/** Ready is when both ports answer at all; what they answer is another matter. */
async function waitUntilReady(
  urls: { apiUrl: string; lambdaUrl: string },
  ended: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const untilMs = Date.now() + START_TIMEOUT_MS;
  for (const url of [urls.apiUrl, urls.lambdaUrl]) {
    while (!(await answers(url))) {
      if (hasEnded) throw new FunctionsEndedError('The functions could not be started.');
      if (Date.now() > untilMs) throw new Error(`The functions did not start within ${START_TIMEOUT_MS / 1000} s.`);
      await delay(100, undefined, { signal });
    }
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    // Not yet: asked again.
    return false;
  }
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  signal(child, 'SIGTERM');
  const timer = setTimeout(() => signal(child, 'SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  if (process.platform === 'win32') child.kill(name);
  else process.kill(-child.pid, name);
}

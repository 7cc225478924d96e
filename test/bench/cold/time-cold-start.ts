import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RuntimeClient } from './runtime-client.ts';

/** From the start of a process to its first request for an event, in milliseconds. */
export interface ColdStart {
  readonly wallMs: number;
  /** What the process has used of processors by then: other work on the machine hardly shows in it. Linux tells. */
  readonly processorMs: number | undefined;
}

export interface ColdStarter {
  time(taskRoot: string, environment: Readonly<Record<string, string>>): Promise<ColdStart>;
  close(): Promise<void>;
}

/** Longest start that is waited for: Lambda's own limit. */
const LIMIT_MS = 10_000;

/**
 * Plays Lambda: serves the Runtime API as far as a start needs it, and starts processes that ask it.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function createColdStarter(client: RuntimeClient): Promise<ColdStarter> {
  let onRequest: (request: IncomingMessage) => void = () => undefined;
  // Never answered: the process is ended once it has asked.
  const server = createServer((request) => onRequest(request));
  const port = await listen(server);
  return {
    async time(taskRoot, environment) {
      const asked = Promise.withResolvers<void>();
      onRequest = (request) => void judge(request).then(asked.resolve, asked.reject);
      const startedMs = performance.now();
      const child = spawn(process.execPath, client.args, {
        cwd: taskRoot,
        env: { ...lambdaEnvironment(taskRoot, port), ...environment },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const ended = once(child, 'exit');
      ended.then(([code]) =>
        asked.reject(new Error(`The process ended with code ${code} before it asked for an event.`)),
      );
      const limit = setTimeout(() => asked.reject(new Error('No event was asked for within 10 s.')), LIMIT_MS);
      try {
        await asked.promise;
        return { wallMs: performance.now() - startedMs, processorMs: readProcessorMs(child.pid) };
      } finally {
        clearTimeout(limit);
        child.kill('SIGKILL');
        await ended;
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The first request must be the one for an event; anything else is a failed start, reported by the runtime client. */
async function judge(request: IncomingMessage): Promise<void> {
  if (request.method === 'GET' && request.url?.endsWith('/runtime/invocation/next')) return;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  throw new Error(`The function did not start: ${request.url} ${Buffer.concat(chunks).toString('utf8')}`);
}

/** `schedstat` begins with the nanoseconds that a thread has run: https://docs.kernel.org/scheduler/sched-stats.html */
function readProcessorMs(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined;
  const folder = `/proc/${pid}/task`;
  const ran = readdirSync(folder).map((thread) =>
    Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return ran.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

/** What Lambda itself sets; AWS's runtime client insists on it. */
function lambdaEnvironment(taskRoot: string, port: number): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: 'handler.handler',
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/bench',
    AWS_LAMBDA_LOG_STREAM_NAME: 'bench',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: 'eu-central-1',
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

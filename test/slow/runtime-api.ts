import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RuntimeApiOptions {
  /** The script of AWS's runtime client. */
  readonly script: string;
  /** Where the zip was unpacked. */
  readonly taskRoot: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a function gave back: its result, or the error that it threw. */
export interface Invoked {
  readonly result?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
}

export interface RuntimeApi extends AsyncDisposable {
  invoke(event: unknown): Promise<Invoked>;
}

const LIMIT_MS = 30_000;

/**
 * Plays Lambda to one container: serves the Runtime API, and starts AWS's runtime client on a function.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(options: RuntimeApiOptions): Promise<RuntimeApi> {
  let waiting = Promise.withResolvers<ServerResponse>();
  let answered = Promise.withResolvers<Invoked>();
  const server = createServer((request, response) => {
    if (request.url?.endsWith('/invocation/next')) return waiting.resolve(response);
    void readJson(request).then((body) => {
      response.writeHead(202).end('{}');
      const isResult = request.url?.endsWith('/response');
      answered.resolve(isResult ? { result: body } : { error: body as Invoked['error'] & object });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const child = spawn(process.execPath, [options.script, options.handler], {
    cwd: options.taskRoot,
    env: { ...toLambdaEnvironment(options, (server.address() as AddressInfo).port), ...options.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  return {
    async invoke(event) {
      const response = await within(waiting.promise);
      waiting = Promise.withResolvers();
      answered = Promise.withResolvers();
      const body = Buffer.from(JSON.stringify(event));
      response.writeHead(200, {
        'content-type': 'application/json',
        // AWS's client does not read a body in chunks.
        'content-length': body.byteLength,
        'lambda-runtime-aws-request-id': crypto.randomUUID(),
        'lambda-runtime-deadline-ms': String(Date.now() + LIMIT_MS),
        'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:eu-central-1:123456789012:function:test',
      });
      response.end(body);
      return within(answered.promise);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
      server.closeAllConnections();
      server.close();
    },
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
}

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The function did not answer in time.')), LIMIT_MS);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** What Lambda itself sets; AWS's runtime client insists on it. */
function toLambdaEnvironment({ taskRoot, handler }: RuntimeApiOptions, port: number): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_NAME: 'test',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/test',
    AWS_LAMBDA_LOG_STREAM_NAME: 'test',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: 'eu-central-1',
  };
}

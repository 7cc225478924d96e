import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../infra/local/stack/find-free-port.ts';
import { preparePython } from './python-tools.ts';

const SERVER = fileURLToPath(new URL('./moto_server_with_more.py', import.meta.url));
const START_TIMEOUT_MS = 60_000;

export interface Moto {
  readonly url: string;
  /** The interpreter that has moto, and so boto3. */
  readonly python: string;
  /** For programs that are to take the server for AWS. */
  readonly environment: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts moto's server. Undefined where this machine cannot have it. @throws Error where it does not answer */
export async function startMoto(region: string): Promise<Moto | undefined> {
  const tools = await preparePython();
  if (tools === undefined) return undefined;
  const { python } = tools;
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(python, ['-W', 'ignore', SERVER, '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  await untilAnswering(`${url}/moto-api/data.json`);
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const environment = { AWS_ENDPOINT_URL: url, ...credentials, AWS_REGION: region, AWS_DEFAULT_REGION: region };
  return { url, python, environment, stop: () => server.kill() };
}

async function untilAnswering(address: string): Promise<void> {
  const untilMs = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < untilMs) {
    const response = await fetch(address, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (response?.ok) return;
    await delay(200);
  }
  throw new Error(`moto's server did not answer within ${START_TIMEOUT_MS / 1000} s.`);
}

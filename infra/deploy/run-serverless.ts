import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SECRET_SETTINGS } from '../stack/setting-names.ts';

/** Where serverless.yml stands. */
export const PROJECT_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));

/** Where `serverless package` leaves the template and the zips. */
export const PACKAGE_DIRECTORY = join(PROJECT_DIRECTORY, '.serverless');

export interface RunServerlessOptions {
  /** Told of what it prints. Default: this process's own output. */
  readonly onOutput?: (text: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
}

/**
 * Runs `serverless` of this project with the environment of this process, less the settings that are secrets.
 * @throws Error where it fails
 */
export async function runServerless(args: readonly string[], options: RunServerlessOptions = {}): Promise<void> {
  const bin = join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'bin/serverless.js');
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: PROJECT_DIRECTORY,
    env: {
      ...withoutSecrets(options.environment ?? process.env),
      SLS_NOTIFICATIONS_MODE: 'off',
      SLS_TELEMETRY_DISABLED: '1',
    },
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  const onOutput = options.onOutput ?? ((text: string) => process.stderr.write(text));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`serverless ${args[0]} failed with status ${status}; what it printed says why.`);
}

function withoutSecrets(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const secrets: readonly string[] = SECRET_SETTINGS;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !secrets.includes(name)));
}

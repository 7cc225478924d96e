import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** The program that runs a handler: arguments for Node. */
export interface RuntimeClient {
  readonly description: string;
  readonly args: readonly string[];
}

const VERSION = '4.0.2';
const FOLDER = fileURLToPath(new URL('../../../.local/aws-lambda-ric', import.meta.url));
const PACKAGE = `${FOLDER}/node_modules/aws-lambda-ric`;

/**
 * AWS's own runtime client where it was installed, or else a loop of our own. AWS's is built from C++ for some minutes, so it is no
 * dependency. https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export function findRuntimeClient(): RuntimeClient {
  const script = findAwsRuntimeClient();
  if (script !== undefined) {
    return { description: `AWS's runtime client (aws-lambda-ric ${VERSION})`, args: [script, 'handler.handler'] };
  }
  return {
    description: 'a Runtime API loop of our own (for that of AWS: npm run bench:cold -- --install-runtime-client)',
    args: [fileURLToPath(new URL('./runtime-loop.mjs', import.meta.url))],
  };
}

/** The script of AWS's own runtime client, which takes a handler; undefined where it was not installed. */
export function findAwsRuntimeClient(): string | undefined {
  return existsSync(`${PACKAGE}/rapid-client.node`) ? `${PACKAGE}/index.mjs` : undefined;
}

/** Installs AWS's runtime client beside the project. Needs a C++ compiler, cmake and xz, and a minute or more. */
export async function installRuntimeClient(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/package.json`, '{ "private": true }\n');
  const args = ['install', '--no-audit', '--no-fund', `aws-lambda-ric@${VERSION}`];
  await promisify(execFile)('npm', args, { cwd: FOLDER, maxBuffer: 64 * 1024 * 1024 });
  if (!existsSync(`${PACKAGE}/rapid-client.node`)) throw new Error(`npm built no native client in ${PACKAGE}.`);
}

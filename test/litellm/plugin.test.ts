import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { findProgram } from '../support/find-program.ts';
import { startLambdaEndpoint } from '../support/lambda-endpoint.ts';
import { type Bundle, loadBundle } from '../support/load-bundle.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const KEY = { accessKeyId: 'AKIATEST', secretAccessKey: 'made-up', region: 'eu-central-1' };

/** What the tests need: Python 3.9, as LiteLLM does, and boto3. Undefined where all is there. */
function findLack(): string | undefined {
  if (findProgram('python3') === undefined) return 'there is no python3';
  const { status } = spawnSync('python3', ['-c', 'import sys, boto3; sys.exit(sys.version_info < (3, 9))']);
  return status === 0 ? undefined : 'python3 is older than 3.9 or has no boto3 (pip install boto3)';
}

it('the LiteLLM plug-in passes its own tests against the built functions', { timeout: 120_000 }, async ({ skip }) => {
  const lack = findLack();
  if (lack !== undefined) console.warn(`NOT RUN: the tests of the LiteLLM plug-in, since ${lack}.`);
  skip(lack !== undefined, lack);
  const conjur = await createLocalConjur({ policyLoadMs: 0 });
  const endpoint = await startLambdaEndpoint({ functions: await startFunctions(conjur), functionOf, key: KEY });
  try {
    const { code, output } = await runTests({
      TEST_ENDPOINT: endpoint.url,
      TEST_CONJUR: conjur.url,
      TEST_ADMIN_API_KEY: conjur.adminApiKey,
    });
    expect(code, output).toBe(0);
    const [, count] = /Ran (\d+) tests/.exec(output) ?? [];
    console.log(`${count} tests of the LiteLLM plug-in have passed`);
    expect(Number(count)).toBeGreaterThanOrEqual(40);
    expect(output).not.toMatch(/skipped=/);
  } finally {
    await endpoint.close();
    await conjur.close();
  }
});

/** Stacks that differ in what is wrong with them. */
async function startFunctions(conjur: { url: string; adminApiKey: string }): Promise<Map<string, Bundle>> {
  const well = { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey };
  const stacks: Record<string, Record<string, string>> = {
    'conjur-functions-dev': { ...well, CYBERARK_ALLOW_DELETE: 'true' },
    careful: well,
    refused: { ...well, CYBERARK_API_KEY: 'wrong' },
    caching: { ...well, CYBERARK_SECRET_CACHE_TTL: '600' },
    reading: { ...well, CYBERARK_ACCESS_MODE: 'read_only' },
    hosting: { ...well, CYBERARK_HOSTED_KEYS: 'OPENAI_API_KEY' },
    unreachable: { ...well, CYBERARK_API_BASE: 'http://127.0.0.1:9', CYBERARK_MAX_ATTEMPTS: '1' },
    unset: { CYBERARK_API_BASE: conjur.url },
  };
  const functions = new Map<string, Bundle>();
  const add = async (name: string, folder: string, environment: Record<string, string>): Promise<void> => {
    functions.set(name, await loadBundle(folder, environment));
  };
  for (const [stack, environment] of Object.entries(stacks)) {
    for (const name of ['read-secret', 'write-secret', 'rotate-key']) {
      await add(`${stack}-${name}`, name, environment);
    }
  }
  await add('gate', 'read-secret', well);
  return functions;
}

/** The routes of serverless.yml; a stage names the stack. */
function functionOf(method: string, path: string): string | undefined {
  const [, stack = 'conjur-functions-dev', route = ''] = /^(?:\/stage-([^/]+))?\/([^/]+)/.exec(path) ?? [];
  if (method === 'GET' && (route === 'secrets' || route === 'health')) return `${stack}-read-secret`;
  if (route === 'secrets' || route === 'virtual-keys') return `${stack}-write-secret`;
  return route === 'rotations' ? `${stack}-rotate-key` : undefined;
}

/** Where LiteLLM itself is installed, the plug-in derives from its base class; otherwise from one that stands in for it. */
async function runTests(environment: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const { status } = spawnSync('python3', ['-c', 'import litellm.integrations.custom_secret_manager']);
  const child = spawn('python3', ['-B', '-m', 'unittest', 'discover', '-s', FOLDER, '-p', 'test_*.py'], {
    timeout: 110_000,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      AWS_ACCESS_KEY_ID: KEY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEY.secretAccessKey,
      AWS_REGION: KEY.region,
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_PROXY: '127.0.0.1',
      ...(status === 0 ? {} : { PYTHONPATH: `${FOLDER}shim` }),
      ...environment,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output };
}

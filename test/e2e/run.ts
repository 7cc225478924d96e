import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the end-to-end tests.

  npm run test:e2e                                            against a local Conjur
  npm run test:e2e -- --base URL --admin-api-key KEY          against any other
                      [--account default]

Against another Conjur they make variables under e2e/ and leave them there: use a Conjur for tests.
`;

function parseFlags() {
  const text = { type: 'string' } as const;
  const options = { base: text, account: text, 'admin-api-key': text, help: { type: 'boolean', short: 'h' } } as const;
  const { values } = parseArgs({ options });
  const { base, account, 'admin-api-key': adminApiKey, help } = values;
  if (base === undefined && (account ?? adminApiKey) !== undefined)
    throw new Error('--account and --admin-api-key are about another Conjur: name it by --base.');
  if (base !== undefined && adminApiKey === undefined)
    throw new Error('--base needs --admin-api-key: the tests define variables.');
  if (base !== undefined && !/^https?:\/\/[^/]/.test(base))
    throw new Error('--base must be the base URL of a Conjur, such as https://conjur.example.com.');
  return { base: base?.replace(/\/+$/, ''), account, adminApiKey, help };
}

try {
  const { base, account, adminApiKey, help } = parseFlags();
  if (help) process.stdout.write(HELP);
  else process.exitCode = runTests({ E2E_BASE: base, E2E_ACCOUNT: account, E2E_ADMIN_API_KEY: adminApiKey });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 2;
}

/** @returns the exit status of the tests */
function runTests(target: Readonly<Record<string, string | undefined>>): number {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
  const given = Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined));
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, 'test/e2e'], {
    stdio: 'inherit',
    env: { ...process.env, ...given },
  });
  return status ?? 1;
}

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { text, UsageError, url } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';

await runCommand({
  start: 'npm run test:e2e',
  summary: 'Runs the end-to-end tests, against a local Conjur or any other.',
  flags: {
    base: url('base URL of another Conjur'),
    account: text('NAME', 'its account (default: default)'),
    'admin-api-key': text('KEY', 'the api key of its admin'),
    edition: text(
      'NAME',
      'saas where it is Secrets Manager SaaS; its base URL then ends with /api (default: self-hosted)',
    ),
  },
  notes: 'In another Conjur they make variables under e2e/ and leave them there: use a Conjur for tests.',
  run: ({ base, account, 'admin-api-key': adminApiKey, edition }) => {
    if (base === undefined && (account ?? adminApiKey ?? edition) !== undefined)
      throw new UsageError('--account, --admin-api-key and --edition are about another Conjur: name it with --base.');
    if (base !== undefined && adminApiKey === undefined)
      throw new UsageError('--base needs --admin-api-key: the tests define variables.');
    return runTests({ E2E_BASE: base, E2E_ACCOUNT: account, E2E_ADMIN_API_KEY: adminApiKey, E2E_EDITION: edition });
  },
});

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

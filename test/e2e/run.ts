import { text, UsageError, url } from '../../infra/cli/flags.ts';
import { runCommand } from '../../infra/cli/run-command.ts';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { assertServerVersion } from '../../infra/local/stack/start-options.ts';
import { runProgram } from '../../infra/tasks/run-program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

await runCommand({
  start: 'npm run test:e2e',
  summary: 'Runs the end-to-end tests, against a local Conjur of any version and edition or against another one.',
  flags: {
    'server-version': text('X.Y.Z', 'the version that the local Conjur behaves as, from 1.21 (default 1.24.0)'),
    edition: text('NAME', 'saas: Secrets Manager SaaS, the local one or the one of --base (default: self-hosted)'),
    base: url('base URL of another Conjur; with --edition saas it ends with /api'),
    account: text('NAME', 'its account (default: default)'),
    'admin-api-key': text('KEY', 'the api key of its admin'),
  },
  rest: { name: 'FILTER…', help: 'only test files whose path contains one of these (default: all of test/e2e)' },
  notes: 'In another Conjur they make variables under e2e/ and leave them there: use a Conjur for tests.',
  run: async ({ base, account, 'admin-api-key': adminApiKey, edition, 'server-version': version }, filters) => {
    if (edition !== undefined && edition !== 'saas' && edition !== 'self-hosted')
      throw new UsageError(`--edition takes saas or self-hosted, not ${edition}.`);
    assertServerVersion(version);
    if (base !== undefined && version !== undefined)
      throw new UsageError('--server-version is about the local Conjur, and --base names another.');
    if (base === undefined && (account ?? adminApiKey) !== undefined)
      throw new UsageError('--account and --admin-api-key are about another Conjur: name it with --base.');
    if (base !== undefined && adminApiKey === undefined)
      throw new UsageError('--base needs --admin-api-key: the tests define variables.');
    if (base === undefined && edition === 'saas') return runAtLocalService(version, filters);
    const target = { E2E_BASE: base, E2E_ACCOUNT: account, E2E_ADMIN_API_KEY: adminApiKey, E2E_EDITION: edition };
    return runTests({ ...target, E2E_SERVER_VERSION: version }, filters);
  },
});

/** The stack of `npm start` has a self-hosted Conjur: the service is started beside it, and named as another one would be. */
async function runAtLocalService(serverVersion: string | undefined, filters: readonly string[]): Promise<number> {
  const service = await createLocalConjur({
    edition: 'saas',
    ...(serverVersion === undefined ? {} : { serverVersion }),
  });
  try {
    const target = { E2E_ACCOUNT: service.account, E2E_ADMIN_API_KEY: service.adminApiKey, E2E_EDITION: 'saas' };
    return await runTests({ ...target, E2E_BASE: `${service.url}/api` }, filters);
  } finally {
    await service.close();
  }
}

/** @returns the exit status of the tests */
function runTests(target: Environment, filters: readonly string[]): Promise<number> {
  const given = Object.entries(target).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const tests = filters.length > 0 ? filters : ['test/e2e'];
  return runProgram('vitest', ['run', '--config', 'test/vitest.config.ts', ...tests], Object.fromEntries(given));
}

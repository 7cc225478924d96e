import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the end-to-end tests.

  npm run test:e2e                                            against a local Conjur
  npm run test:e2e -- --base URL --admin-api-key KEY          against any other
                      [--account default]

Against another Conjur they make variables under e2e/ and leave them there: use a Conjur for tests.
`;

const { values } = parseArgs({
  options: {
    base: { type: 'string' },
    account: { type: 'string' },
    'admin-api-key': { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});

if (values.help) {
  process.stdout.write(HELP);
} else if (values.base !== undefined && values['admin-api-key'] === undefined) {
  process.stderr.write('--base needs --admin-api-key: the tests define variables.\n');
  process.exitCode = 2;
} else {
  const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
  const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
  const target = { E2E_BASE: values.base, E2E_ACCOUNT: values.account, E2E_ADMIN_API_KEY: values['admin-api-key'] };
  const given = Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined));
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--config', config, 'test/e2e'], {
    stdio: 'inherit',
    env: { ...process.env, ...given },
  });
  process.exitCode = status ?? 1;
}

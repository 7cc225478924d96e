import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { createClient } from './create-client.ts';
import { describeFailure } from './describe-failure.ts';
import { loadScenarios, readScenarios } from './load-scenarios.ts';
import { replayScenario, type Subject } from './replay-scenario.ts';
import type { Scenario } from './scenario.ts';

const HELP = `Replays recorded conversations with a genuine Conjur and compares every answer.

  npm run conformance                      against the local Conjur, which it starts by itself
  npm run conformance -- --base URL --admin-api-key KEY

It EMPTIES THE ROOT POLICY of the account before every scenario: never point it at a Conjur that holds anything.

  --base URL            base URL of the Conjur; a path in it is kept
  --account NAME        default: default
  --admin-api-key KEY   default: the environment variable CONJUR_AUTHN_API_KEY
  --ca-cert FILE        PEM of the CA that signed the server's certificate
  --scenarios FILE      default: this project's own
  --unordered           the order of lists in the answers of FILE does not count
  --only TEXT           only scenarios whose area or name contains the text
  --help

Exit status: 0 when all answers agree, 1 when one differs, 2 when it could not run.
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      base: { type: 'string' },
      account: { type: 'string', default: 'default' },
      'admin-api-key': { type: 'string' },
      'ca-cert': { type: 'string' },
      scenarios: { type: 'string' },
      unordered: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const recorded =
    values.scenarios === undefined
      ? loadScenarios()
      : readScenarios(new URL(values.scenarios, `file://${process.cwd()}/`), values.unordered);
  const scenarios = recorded.filter(({ area, name }) => `${area}: ${name}`.includes(values.only));
  if (scenarios.length === 0) throw new Error(`No scenario contains "${values.only}".`);
  if (values.base === undefined) return runAgainstLocal(scenarios);
  const adminApiKey = values['admin-api-key'] ?? process.env.CONJUR_AUTHN_API_KEY;
  if (adminApiKey === undefined) throw new Error('--base needs --admin-api-key KEY (or CONJUR_AUTHN_API_KEY).');
  const ca = values['ca-cert'] === undefined ? undefined : readFileSync(values['ca-cert'], 'utf8');
  return run(scenarios, { send: createClient(values.base, ca), account: values.account, adminApiKey });
}

async function runAgainstLocal(scenarios: Scenario[]): Promise<number> {
  const conjur = await createLocalConjur();
  try {
    const { account, adminApiKey } = conjur;
    return await run(scenarios, { send: createClient(conjur.url), account, adminApiKey });
  } finally {
    await conjur.close();
  }
}

async function run(scenarios: Scenario[], subject: Subject): Promise<number> {
  let failed = 0;
  for (const scenario of scenarios) {
    const failure = await replayScenario(subject, scenario);
    if (failure) failed += 1;
    console.log(`${failure ? 'FAIL' : 'ok  '} ${scenario.area}: ${scenario.name}`);
    if (failure) console.log(describeFailure(failure));
  }
  console.log(`${scenarios.length - failed} of ${scenarios.length} scenarios agree`);
  return failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}

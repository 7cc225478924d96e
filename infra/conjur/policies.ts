import { toggle } from '../cli/flags.ts';
import { runCommand } from '../cli/run-command.ts';
import { POLICY_FLAGS, toPolicyNames, warnOfRegion } from './flags.ts';

await runCommand({
  start: 'npm run policies',
  summary: 'Prints the Conjur policies of a stack, ready to be loaded into root. It changes nothing.',
  flags: {
    ...POLICY_FLAGS,
    'deny-api-keys': toggle(
      'with iam: no api keys for the hosts (a server with CONJUR_AUTHN_API_KEY_DEFAULT=false refuses that)',
    ),
  },
  notes:
    'docs/policies.md explains them. npm run policies -- --stage prod > policies.yml && conjur policy load -b root -f policies.yml',
  run: async ({ 'deny-api-keys': denyApiKeys, ...flags }) => {
    const { renderPolicies } = await import('./render-policies.ts');
    const names = toPolicyNames(flags, denyApiKeys);
    const policies = renderPolicies(names);
    const warning = warnOfRegion(names);
    if (warning !== undefined) console.error(warning);
    console.log(policies.map(({ text }) => text.trimEnd()).join('\n\n'));
  },
});

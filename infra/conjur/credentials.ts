import { text, toggle } from '../cli/flags.ts';
import { runCommand } from '../cli/run-command.ts';
import { POLICY_FLAGS, toPolicyNames, warnOfRegion } from './flags.ts';

await runCommand({
  start: 'npm run credentials',
  summary:
    'Loads the Conjur policies of a stack, and puts the first api keys into its secrets in AWS Secrets Manager. It prints no key, and leaves a secret alone that holds a credential already.',
  flags: {
    ...POLICY_FLAGS,
    'aws-profile': text('NAME', 'profile of the AWS credentials'),
    'read-secret-id': text('ID', "secret of read-secret, where it is not the stack's own"),
    'write-secret-id': text('ID', 'secret of write-secret'),
    'rotate-key-id': text('ID', 'secret of rotate-key; with the layout shared, that of all functions'),
    rotate: toggle('make new keys for hosts that were there before; no other stack may use them'),
  },
  notes: `Run it after the deployment, as an administrator of Conjur: CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN and
CONJUR_AUTHN_API_KEY, or their CYBERARK_ names (docs/settings.md), say where and who. docs/credentials.md explains the layouts.`,
  run: async (flags) => {
    const { provideCredentials } = await import('./provide-credentials.ts');
    const { connect, toSecretIds } = await import('./connect.ts');
    const connection = connect(process.env, { region: flags.region, awsProfile: flags['aws-profile'] });
    try {
      const options = { ...toPolicyNames(flags), secretIds: toSecretIds(flags), rotate: flags.rotate };
      const outcomes = await provideCredentials(options, connection);
      const warning = warnOfRegion(options);
      if (warning !== undefined) console.error(warning);
      console.log('policies loaded');
      for (const { secretId, outcome } of outcomes) console.log(`${secretId}  ${outcome}`);
      return outcomes.some(({ failed }) => failed) ? 1 : 0;
    } finally {
      await connection.close();
    }
  },
});

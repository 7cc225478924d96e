import { toggle } from '../cli/flags.ts';
import { runCommand } from '../cli/run-command.ts';
import { DEPLOY_FLAGS, DEPLOY_NOTES, toServerlessArguments } from './flags.ts';

await runCommand({
  start: 'npm run package',
  summary: 'Makes the zips and the CloudFormation template in .serverless/. It needs no AWS credentials.',
  flags: { ...DEPLOY_FLAGS, json: toggle('print the zips with their digests as JSON') },
  notes: DEPLOY_NOTES,
  run: async ({ json, ...flags }) => {
    const { packageFunctions } = await import('./package-functions.ts');
    const { findMisspeltSettings } = await import('../../functions/runtime/settings.ts');
    for (const warning of findMisspeltSettings(process.env)) console.error(warning);
    const { warnOfShared } = await import('./check-identity.ts');
    const { warnOfAge } = await import('./warn-of-age.ts');
    const { directory, functions, template } = await packageFunctions({ args: toServerlessArguments(flags) });
    for (const warning of [warnOfShared(template), warnOfAge(template)])
      if (warning !== undefined) console.error(warning);
    if (json) return console.log(JSON.stringify({ directory, functions }, null, 2));
    for (const { name, bytes, sha256 } of functions)
      console.log(`${name}.zip  ${(bytes / 1024).toFixed(0)} KB  sha256 ${sha256}`);
    console.log(`packaged in ${directory}`);
  },
});

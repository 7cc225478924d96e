import { SECRET_SETTINGS } from '../resources/setting-names.ts';
import { checkDestination } from './check-destination.ts';
import { packageFunctions } from './package-functions.ts';
import { runServerless } from './run-serverless.ts';

/** `npm run deploy -- --stage prod [--region …] [--param="name=value"]`: packages, checks the template, deploys. */
try {
  await deploy(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function deploy(args: readonly string[]): Promise<void> {
  for (const name of SECRET_SETTINGS.filter((secret) => process.env[secret]))
    process.stderr.write(
      `${name} stays on this machine: it is a secret, and the environment of a function is no place for one.\n`,
    );
  const { directory, template } = await packageFunctions({ args });
  const findings = checkDestination(template);
  if (findings.length > 0) throw new Error(findings.join('\n'));
  await runServerless(['deploy', '--package', directory, ...args]);
  process.stdout.write('deployed. New stack? docs/operations.md says how to put the Conjur credential in.\n');
}

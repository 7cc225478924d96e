import { findMisspeltSettings } from '../../functions/runtime/settings.ts';
import { SECRET_SETTINGS } from '../stack/setting-names.ts';
import { checkDestination } from './check-destination.ts';
import { checkSettings } from './check-settings.ts';
import { packageFunctions } from './package-functions.ts';
import { runServerless } from './run-serverless.ts';
import { resourcesOf, type Template } from './template.ts';

/**
 * Packages, checks the template, deploys.
 * @param args flags of `serverless deploy`
 * @throws Error where something would not work; nothing was deployed then
 */
export async function deployStack(args: readonly string[]): Promise<void> {
  for (const name of SECRET_SETTINGS.filter((secret) => process.env[secret]))
    process.stderr.write(
      `${name} stays on this machine: it is a secret, and the environment of a function is no place for one.\n`,
    );
  for (const warning of findMisspeltSettings(process.env)) process.stderr.write(`${warning}\n`);
  const { directory, template } = await packageFunctions({ args });
  const unreachable = checkDestination(template);
  const findings = unreachable.length > 0 ? unreachable : checkSettings(template);
  if (findings.length > 0) throw new Error(findings.join('\n'));
  await runServerless(['deploy', '--package', directory, ...args]);
  process.stdout.write(`deployed.${credentialHint(template)}\n`);
}

/** A new stack's own secret holds a placeholder, which Conjur refuses. */
function credentialHint(template: Template): string {
  const [secret] = resourcesOf(template, 'AWS::SecretsManager::Secret');
  if (secret === undefined) return '';
  return ` New stack? Put the Conjur credential into the secret ${secret[1].Name}: docs/deployment.md says how.`;
}

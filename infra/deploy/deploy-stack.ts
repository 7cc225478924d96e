import { findMisspeltSettings } from '../../functions/runtime/settings.ts';
import { DEPLOYED_SCHEDULES_VARIABLE } from '../stack/schedule-start.ts';
import { SECRET_SETTINGS } from '../stack/setting-names.ts';
import { checkAccount } from './check-account.ts';
import { checkDestination } from './check-destination.ts';
import { checkSaid, checkSwitches, warnOfShared } from './check-identity.ts';
import { checkSettings } from './check-settings.ts';
import { readDeployedStack, toDeployFlags, toDestination } from './deployed-stack.ts';
import { type Package, packageFunctions } from './package-functions.ts';
import { runServerless } from './run-serverless.ts';
import { resourcesOf, type Template } from './template.ts';
import { warnOfAge } from './warn-of-age.ts';

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
  for (const misspelt of findMisspeltSettings(process.env)) process.stderr.write(`${misspelt}\n`);
  const packaged = await packageFunctions({ args });
  const { template } = packaged;
  const unreachable = checkDestination(template);
  const findings = unreachable.length > 0 ? unreachable : [...checkSaid(template), ...checkSettings(template)];
  if (findings.length > 0) throw new Error(findings.join('\n'));
  for (const warning of [warnOfShared(template), warnOfAge(template)])
    if (warning !== undefined) process.stderr.write(`${warning}\n`);
  const { directory, flags } = await fitToAccount(packaged, args);
  await runServerless(['deploy', '--package', directory, ...flags, ...args]);
  process.stdout.write(`deployed.${credentialHint(template)}\n`);
}

/**
 * Asks AWS what is there, before anything is changed: a switch that nobody has said is refused, and schedules that are deployed keep
 * their rhythm.
 * @returns the directory of the package to deploy, and with which flags beside those that were given
 */
async function fitToAccount(
  { directory, template }: Package,
  args: readonly string[],
): Promise<{ directory: string; flags: string[] }> {
  const destination = toDestination(args, process.env);
  const deployed = await readDeployedStack(destination);
  const refusals = [
    ...(deployed === undefined ? [] : checkSwitches(template, deployed.facts)),
    ...(await checkAccount(template, destination)),
  ];
  if (refusals.length > 0) throw new Error(refusals.join('\n'));
  const kept = resourcesOf(template, 'AWS::Scheduler::Schedule').some(([id]) => deployed?.schedules[id]?.StartDate);
  const flags = toDeployFlags(deployed);
  if (!kept) return { directory, flags };
  const environment = { ...process.env, [DEPLOYED_SCHEDULES_VARIABLE]: JSON.stringify(deployed?.schedules) };
  return { directory: (await packageFunctions({ args, build: false, environment })).directory, flags };
}

/** A new stack's own secrets hold placeholders, which Conjur refuses. */
function credentialHint(template: Template): string {
  const isNeeded = resourcesOf(template, 'AWS::SecretsManager::Secret').length > 0;
  return isNeeded ? ' New stack? npm run credentials fills its secrets: docs/credentials.md.' : '';
}

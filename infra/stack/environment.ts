import { existsSync, readFileSync } from 'node:fs';
import { findPem } from '../../lib/pem.ts';
import type { FunctionName } from '../build/function-names.ts';
import { resolveCallers } from './callers.ts';
import { CREDENTIAL_PARAMETERS, credentialOf, resolveAuthenticator, resolveCredentials } from './credential.ts';
import { isLocalRun } from './is-local-run.ts';
import { toKeyManagementEnvironment } from './key-management-environment.ts';
import { resolvePassedEnvironment } from './passed-environment.ts';
import { type ResolverContext, resolveParam, resolveSetting } from './resolver-context.ts';
import { resolveRoleName } from './role-names.ts';
import {
  PROXY_SETTINGS,
  ROTATION_SETTINGS,
  SECRET_SETTINGS,
  SECRETS_ADVICE,
  SHARED_SETTINGS,
} from './setting-names.ts';

type EnvironmentValue = string | Record<string, unknown>;

/** Where the settings may also come from; the process's environment is the real one but in tests. */
export interface EnvironmentSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly local: boolean;
}

/**
 * The environment of all functions. Each setting is taken from the environment of the process that runs, then from the parameter of
 * its name, then from `custom.key_management_settings` and `custom.settings`. Settings that are secrets are never taken over.
 * @throws Error for a private key that would stand in plain text in the function's configuration, and for a name in `custom.settings`
 * that is no setting
 */
export async function resolveEnvironment(
  context: ResolverContext,
  sources: EnvironmentSources = { environment: process.env, local: isLocalRun() },
): Promise<Record<string, EnvironmentValue>> {
  const block = toKeyManagementEnvironment(
    await context.resolveConfigurationProperty(['custom', 'key_management_settings']),
  );
  assertSettingNames(await context.resolveConfigurationProperty(['custom', 'settings']));
  const callers = await resolveCallers(context, sources.environment);
  const environment = { ...block, ...(await resolveNamed(context, sources, SHARED_SETTINGS)), ...callers };
  if (sources.local) return environment;
  inlineCertificates(environment);
  // Each function has its own, see resolveIdentity.
  delete environment.CYBERARK_API_KEY_SECRET_ID;
  return {
    ...(await resolvePassedEnvironment(context)),
    CYBERARK_REQUIRE_TLS: 'true',
    ...environment,
    ...(await resolveNamed(context, { ...sources, environment: {} }, PROXY_SETTINGS)),
  };
}

/** What rotate-key has beside {@link resolveEnvironment}. */
export async function resolveRotationEnvironment(
  context: ResolverContext,
  sources: EnvironmentSources = { environment: process.env, local: isLocalRun() },
): Promise<Record<string, EnvironmentValue>> {
  return {
    ...(await resolveIdentity(context, sources, 'rotate-key')),
    ...(await resolveNamed(context, sources, ROTATION_SETTINGS)),
  };
}

/** What read-secret has of its own. */
export async function resolveReadEnvironment(
  context: ResolverContext,
  sources: EnvironmentSources = { environment: process.env, local: isLocalRun() },
): Promise<Record<string, EnvironmentValue>> {
  return resolveIdentity(context, sources, 'read-secret');
}

/** What write-secret has of its own. */
export async function resolveWriteEnvironment(
  context: ResolverContext,
  sources: EnvironmentSources = { environment: process.env, local: isLocalRun() },
): Promise<Record<string, EnvironmentValue>> {
  return resolveIdentity(context, sources, 'write-secret');
}

/**
 * What a function logs in with: the secret of its credential, or with authn-iam its role. The Conjur host of that is named after account
 * and role, below the policy branch of the parameter `iam_host_branch`; a login that is set by hand (parameter or environment) stays.
 */
async function resolveIdentity(
  context: ResolverContext,
  { environment, local }: EnvironmentSources,
  functionName: FunctionName,
): Promise<Record<string, EnvironmentValue>> {
  if (local) return resolveLocalIdentity(context, functionName);
  const secretId = credentialOf(await resolveCredentials(context, environment), functionName)?.secretId;
  const credential = secretId === undefined ? {} : { CYBERARK_API_KEY_SECRET_ID: secretId };
  if ((await resolveAuthenticator(context, environment)) !== 'iam') return credential;
  if (environment.CYBERARK_USERNAME || (await resolveParam(context, 'CYBERARK_USERNAME'))) return credential;
  const branch = (await resolveParam(context, 'iam_host_branch')) ?? 'conjur-functions/iam';
  const role = await resolveRoleName(context, functionName);
  return { ...credential, CYBERARK_USERNAME: { 'Fn::Sub': `host/${branch}/\${AWS::AccountId}/${role}` } };
}

/** There is no stack on this machine, but there may be secrets in a stand-in. */
async function resolveLocalIdentity(
  context: ResolverContext,
  functionName: FunctionName,
): Promise<Record<string, EnvironmentValue>> {
  const secretId = await resolveParam(context, CREDENTIAL_PARAMETERS[functionName]);
  return secretId === undefined ? {} : { CYBERARK_API_KEY_SECRET_ID: secretId };
}

/** A misspelt setting would be one that is not set, and a secret would stand in serverless.yml for nothing. */
function assertSettingNames(settings: unknown): void {
  const names = Object.keys((settings ?? {}) as Record<string, unknown>);
  const secret = names.find((name) => (SECRET_SETTINGS as readonly string[]).includes(name));
  if (secret !== undefined)
    throw new Error(`custom.settings.${secret} is a secret: no function takes it from here. ${SECRETS_ADVICE}`);
  const known: readonly string[] = [...SHARED_SETTINGS, ...ROTATION_SETTINGS, ...PROXY_SETTINGS];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`custom.settings.${unknown} is no setting of the functions. docs/settings.md lists them.`);
}

async function resolveNamed(
  context: ResolverContext,
  sources: EnvironmentSources,
  names: readonly string[],
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const name of names) {
    const value = await resolveSetting(context, name, sources.environment);
    if (value !== undefined) resolved[name] = value;
  }
  return resolved;
}

/** Certificates are public and travel in the environment; a file of the machine that deploys is not there on Lambda. */
function inlineCertificates(environment: Record<string, string>): void {
  for (const name of ['CYBERARK_CA_CERT', 'CYBERARK_CLIENT_CERT']) {
    const value = environment[name];
    if (value === undefined || findPem(value) !== undefined || !existsSync(value)) continue;
    environment[name] = readFileSync(value, 'utf8');
  }
  const key = environment.CYBERARK_CLIENT_KEY;
  if (key !== undefined && findPem(key) !== undefined)
    throw new Error(
      'CYBERARK_CLIENT_KEY holds a private key, which would stand in plain text in the configuration of the functions. Give the path of the key in a Lambda layer (/opt/…), and the layer by the parameter layer_arns.',
    );
}

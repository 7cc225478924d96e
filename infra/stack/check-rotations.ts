import { findRefusal } from '../../functions/runtime/access.ts';
import { type KeyManagementSettings, parseKeyManagement } from '../../functions/runtime/settings.ts';
import { type Credentials, credentialOf } from './credential.ts';
import { resolveRotatedCredentials } from './credential-rotation.ts';
import { KEY_MANAGEMENT_VARIABLES, toKeyManagementEnvironment } from './key-management-environment.ts';
import { type ResolverContext, resolveSetting } from './resolver-context.ts';
import type { Rotation } from './scheduled-secrets.ts';
import { needsOwnCredential, rotatesCredential, secretOf } from './scheduled-secrets.ts';

/**
 * Refuses entries of `custom.rotations` that can never succeed: without a setting that they need, for a name that is not hosted, with an
 * access mode that allows no rotation, or beside Secrets Manager's own rotation of the same secret.
 */
export async function checkRotations(
  context: ResolverContext,
  rotations: readonly Rotation[],
  credentials: Credentials,
): Promise<void> {
  checkOwnCredential(rotations, credentials);
  await checkSettings(context, rotations);
  await checkAccess(context, rotations);
  await checkTwice(context, rotations, credentials);
}

function checkOwnCredential(rotations: readonly Rotation[], credentials: Credentials): void {
  if (credentialOf(credentials, 'rotate-key') === undefined && rotations.some(needsOwnCredential))
    throw new Error(
      "custom.rotations has an entry for the functions' own credential, and with this authenticator they have none. Name the secret: secret_id, or key_age: { secret_id: … }.",
    );
}

async function checkSettings(context: ResolverContext, rotations: readonly Rotation[]): Promise<void> {
  if (!rotations.some(({ input }) => input.strategy === 'litellm-virtual-key')) return;
  for (const name of ['LITELLM_API_BASE', 'LITELLM_MASTER_KEY_SECRET_ID'])
    if ((await resolveSetting(context, name)) === undefined)
      throw new Error(`custom.rotations has an entry litellm-virtual-key, which needs the setting ${name}.`);
}

/** By the functions' own rule. A released template has no entries, and marks where a deployment will have these settings. */
async function checkAccess(context: ResolverContext, rotations: readonly Rotation[]): Promise<void> {
  if (rotations.length === 0) return;
  const settings = await resolveKeyManagement(context);
  for (const { input } of rotations) {
    if ('key_age' in input) continue;
    const names = rotatesCredential({ input }) ? [undefined] : [input.name, input.new_name].map(toName);
    for (const name of names)
      for (const access of ['read', 'write'] as const) {
        const refusal = findRefusal(settings, access, name);
        if (refusal !== undefined)
          throw new Error(
            `custom.rotations has an entry that can never succeed (${input.strategy}). ${refusal.message}`,
          );
      }
  }
}

function toName(name: unknown): string | undefined {
  return typeof name === 'string' ? name : undefined;
}

/** As the functions will read their environment. @throws Error for a value that they would not take */
async function resolveKeyManagement(context: ResolverContext): Promise<KeyManagementSettings> {
  const environment = toKeyManagementEnvironment(
    await context.resolveConfigurationProperty(['custom', 'key_management_settings']),
  );
  for (const name of KEY_MANAGEMENT_VARIABLES) {
    const value = await resolveSetting(context, name);
    if (value !== undefined) environment[name] = value;
  }
  return parseKeyManagement(environment);
}

/** Two rotations of one secret finish each other's versions, and each counts for a failure of the other. */
async function checkTwice(
  context: ResolverContext,
  rotations: readonly Rotation[],
  credentials: Credentials,
): Promise<void> {
  const rotated = await resolveRotatedCredentials(context);
  const own = credentialOf(credentials, 'rotate-key');
  const prefix = `${await context.resolveVariable('self:service')}/${await context.resolveVariable('sls:stage')}`;
  for (const rotation of rotations.filter(rotatesCredential)) {
    const named = secretOf(rotation);
    const isTwice = rotated.some(({ credential }) =>
      named === undefined
        ? credential.logicalId === own?.logicalId
        : named === credential.secretId || named === `${prefix}/${credential.name}`,
    );
    if (isTwice && rotation.enabled)
      throw new Error(
        `custom.rotations has an entry conjur-api-key for ${named ?? "rotate-key's own credential"}, which Secrets Manager rotates already (credential_rotation). Keep one of the two.`,
      );
  }
}

import type { SecretRecord, SecretVersion } from './secret-record.ts';

/** Most versions that AWS keeps for a secret before it removes deprecated ones. */
const MAX_VERSIONS = 100;

/** The version that carries a staging label; at most one does. */
export function findLabelHolder(secret: SecretRecord, label: string): SecretVersion | undefined {
  return secret.versions.find((version) => version.stages.includes(label));
}

export function findVersion(secret: SecretRecord, versionId: string): SecretVersion | undefined {
  return secret.versions.find((version) => version.id === versionId);
}

export function detachLabel(version: SecretVersion, label: string): void {
  version.stages = version.stages.filter((stage) => stage !== label);
}

/**
 * Puts a staging label on a version, taking it from the version that had it. When AWSCURRENT moves, the version that loses it
 * becomes AWSPREVIOUS.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
 */
export function attachLabel(secret: SecretRecord, label: string, version: SecretVersion): void {
  const holder = findLabelHolder(secret, label);
  if (holder === version) return;
  if (holder !== undefined) detachLabel(holder, label);
  version.stages.push(label);
  if (label !== 'AWSCURRENT') return;
  if (holder !== undefined) attachLabel(secret, 'AWSPREVIOUS', holder);
}

/** Removes the oldest versions without a label while there are more than 100. */
export function removeDeprecatedVersions(secret: SecretRecord): void {
  let surplus = secret.versions.length - MAX_VERSIONS;
  if (surplus <= 0) return;
  secret.versions = secret.versions.filter((version) => version.stages.length > 0 || surplus-- <= 0);
}

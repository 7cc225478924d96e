import type { Deadline } from '../../../../lib/clock.ts';
import type { Secret } from '../../../../lib/secret.ts';
import { haveSameFields } from './host-credential.ts';

/** A Secrets Manager secret and the staging labels of its versions, without values. */
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly rotationEnabled: boolean;
  /** Staging labels by version id; a version without a label may be missing. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
}

/** One version with its value. */
export interface SecretVersion {
  readonly versionId: string;
  readonly content: Secret;
  /** Milliseconds since 1970; undefined where AWS does not say. */
  readonly createdAtMs: number | undefined;
}

/** A version to be read: by id, or the one that has a label. */
export type VersionSelector =
  | { readonly versionId: string }
  | { readonly stage: 'AWSCURRENT' | 'AWSPREVIOUS' | 'AWSPENDING' };

export interface VersionToPut {
  /** Becomes the version's id (`ClientRequestToken`), 32 to 64 characters. */
  readonly versionId: string;
  readonly content: Secret;
  readonly rotationToken: Secret | undefined;
}

/**
 * What a rotation needs of AWS Secrets Manager. Every call is safe to repeat.
 *
 * All throw ConjurError: `secret_not_found` where there is no such secret, `forbidden` where IAM refuses, `upstream_unavailable` and
 * `deadline_exceeded` where no answer came, `config_invalid` without AWS credentials or region, `upstream_error` for anything else.
 */
export interface SecretVersions {
  /** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
  describe(secretId: string, deadline: Deadline): Promise<SecretDescription>;
  /** Undefined where the version is not there or has no value (yet). */
  read(secretId: string, which: VersionSelector, deadline: Deadline): Promise<SecretVersion | undefined>;
  /**
   * Puts a value as AWSPENDING. False where the version has another value already: a version is written once.
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
   */
  putPending(secretId: string, version: VersionToPut, deadline: Deadline): Promise<boolean>;
  /**
   * Moves AWSCURRENT; AWSPREVIOUS follows by itself. False where it was not on `from` any more.
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
   */
  moveCurrent(secretId: string, move: { from: string; to: string }, deadline: Deadline): Promise<boolean>;
  /** Takes AWSPENDING off a version. False where it was not on it any more. */
  dropPending(secretId: string, versionId: string, deadline: Deadline): Promise<boolean>;
}

/** The version that carries a label; at most one does. */
export function findStage({ stages }: SecretDescription, stage: string): string | undefined {
  for (const [versionId, labels] of stages) if (labels.includes(stage)) return versionId;
  return undefined;
}

/**
 * The version of a rotation that was begun and not finished: AWSPENDING, unless that version is or was in use. A label that was left on
 * such a version must not put its key back into use, which somebody may have replaced because it leaked.
 */
export function findPending(description: SecretDescription): string | undefined {
  const pending = findStage(description, 'AWSPENDING');
  const isSpent = ['AWSCURRENT', 'AWSPREVIOUS'].some((stage) => findStage(description, stage) === pending);
  return isSpent ? undefined : pending;
}

/** Whether what was staged would undo the version in use, by {@link wouldUndo}. False where one of the two has no value. */
export async function isOvertaken(
  versions: SecretVersions,
  secretId: string,
  begun: string,
  current: string,
  deadline: Deadline,
): Promise<boolean> {
  const staged = await versions.read(secretId, { versionId: begun }, deadline);
  const inUse = staged && (await versions.read(secretId, { versionId: current }, deadline));
  return staged !== undefined && inUse !== undefined && wouldUndo(staged, inUse);
}

/**
 * Whether somebody has put the version in use there since the staged one was made of another: it is newer, or its fields beside the key
 * are others. A time that AWS does not say tells nothing.
 */
export function wouldUndo(staged: SecretVersion, inUse: SecretVersion): boolean {
  // Undefined becomes NaN, which is less than nothing.
  const isOlder = Number(staged.createdAtMs) < Number(inUse.createdAtMs);
  return isOlder || !haveSameFields(staged.content, inUse.content);
}

import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { parseInput, updateSecretVersionStageInput } from '../input-schemas.ts';
import type { SecretRecord, SecretVersion } from '../secret-record.ts';
import { attachLabel, detachLabel, findLabelHolder, findVersion } from '../staging-labels.ts';
import type { Operation } from './operation.ts';

interface Move {
  readonly label: string;
  readonly to?: string | undefined;
  readonly from?: string | undefined;
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html */
export const updateSecretVersionStage: Operation = ({ store, now }, rawInput) => {
  const input = parseInput(updateSecretVersionStageInput, rawInput);
  const secret = store.getLive(input.SecretId);
  moveLabel(secret, { label: input.VersionStage, to: input.MoveToVersionId, from: input.RemoveFromVersionId });
  secret.lastChangedAtMs = now();
  store.save();
  return { ARN: secret.arn, Name: secret.name };
};

function moveLabel(secret: SecretRecord, move: Move): void {
  const target = move.to === undefined ? undefined : getVersion(secret, move.to);
  const holder = findLabelHolder(secret, move.label);
  checkSource(move, holder, target);
  if (target !== undefined) attachLabel(secret, move.label, target);
  else if (holder !== undefined) removeLabel(move, holder);
}

/** A label that is on another version moves only for a caller who says which version loses it. */
function checkSource(
  { label, from }: Move,
  holder: SecretVersion | undefined,
  target: SecretVersion | undefined,
): void {
  if (target === undefined && from === undefined) {
    throw invalid('You must provide MoveToVersionId, RemoveFromVersionId, or both.');
  }
  if (from !== undefined && holder?.id !== from) {
    throw invalid(`The staging label ${label} is not attached to the version in RemoveFromVersionId, ${from}.`);
  }
  if (from === undefined && holder !== undefined && holder !== target) {
    throw invalid(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ` +
        `${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (label === 'AWSCURRENT' && target !== undefined && target.content === undefined) {
    throw new AwsJsonError('InvalidRequestException', 'AWSCURRENT cannot move to a version that has no value.');
  }
}

function removeLabel({ label }: Move, holder: SecretVersion): void {
  if (label === 'AWSCURRENT') {
    throw invalid(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  detachLabel(holder, label);
}

function getVersion(secret: SecretRecord, versionId: string): SecretVersion {
  const version = findVersion(secret, versionId);
  if (version !== undefined) return version;
  throw new AwsJsonError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret version: ${versionId}.`,
  );
}

function invalid(message: string): AwsJsonError {
  return new AwsJsonError('InvalidParameterException', message);
}

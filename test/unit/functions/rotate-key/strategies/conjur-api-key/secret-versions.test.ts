import { describe, expect, it } from 'vitest';
import {
  findPending,
  findStage,
  isOvertaken,
  type SecretVersion,
  wouldUndo,
} from '../../../../../../functions/rotate-key/strategies/conjur-api-key/secret-versions.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';

const deadline = new Deadline(new FakeClock(), 10_000);

const describedAs = (stages: Record<string, readonly string[]>) => ({
  arn: 'arn',
  name: 'app',
  rotationEnabled: true,
  stages: new Map(Object.entries(stages)),
});

function versionOf(createdAtMs: number | undefined, fields: object = {}): SecretVersion {
  return { versionId: 'v', content: Secret.of(JSON.stringify({ username: createdAtMs, ...fields })), createdAtMs };
}

describe('the version with a label', () => {
  it('is the one that has it, or none', () => {
    const description = describedAs({ v1: ['AWSPREVIOUS'], v2: ['other', 'AWSCURRENT'] });
    expect(findStage(description, 'AWSCURRENT')).toBe('v2');
    expect(findStage(description, 'AWSPENDING')).toBeUndefined();
  });

  it.each([
    [{ v1: ['AWSCURRENT'], v2: ['AWSPENDING'] }, 'v2'],
    [{ v1: ['AWSCURRENT'] }, undefined],
    [{ v1: ['AWSCURRENT', 'AWSPENDING'] }, undefined],
    [{ v1: ['AWSPREVIOUS', 'AWSPENDING'], v2: ['AWSCURRENT'] }, undefined],
  ] as const)('of a rotation that was begun is not one that is or was in use: of %j it is %s', (stages, pending) => {
    expect(findPending(describedAs(stages))).toBe(pending);
  });
});

describe('what was staged would undo the version in use', () => {
  it.each([
    ['where that is newer', 1, 2, {}, true],
    ['not where it is of the same moment', 2, 2, {}, false],
    ['not where it is older', 2, 1, {}, false],
    ['where its fields are others', 2, 1, { note: 'mine' }, true],
    ['not where nobody knows when it was staged', undefined, 2, {}, false],
    ['not where nobody knows when that was made', 1, undefined, {}, false],
  ])('%s', (_, stagedAtMs, inUseAtMs, fields, expected) => {
    expect(wouldUndo(versionOf(stagedAtMs), versionOf(inUseAtMs, fields))).toBe(expected);
  });

  it.each([
    ['both have a value', versionOf(1), versionOf(2), true],
    ['the staged one has none', undefined, versionOf(2), false],
    ['the one in use has none', versionOf(1), undefined, false],
    ['neither has one', undefined, undefined, false],
  ])('only where both have a value: %s', async (_, staged, inUse, expected) => {
    const read = async (_secret: string, which: object) =>
      'versionId' in which && which.versionId === 'staged' ? staged : inUse;
    const versions = { read } as never;
    expect(await isOvertaken(versions, 'app', 'staged', 'in-use', deadline)).toBe(expected);
  });
});

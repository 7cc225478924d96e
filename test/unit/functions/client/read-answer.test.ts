import { describe, expect, it } from 'vitest';
import { isAnswerError, toRotation } from '../../../../functions/client/read-answer.ts';

const ROTATED = { name: 'a', strategy: 'supplied', version: 2, rotated_at: '2026-01-01T00:00:00.000Z' };

describe('the answer of a rotation', () => {
  it('is read with what happens seldom', () => {
    const answer = {
      ...ROTATED,
      old_name: 'b',
      old_deleted: false,
      old_kept_because: 'Secrets are not deleted.',
      superseded_by_version: 3,
      accepted_by_litellm: false,
      event_not_published_because: 'There is no such bus.',
    };
    expect(toRotation(answer)).toEqual({
      name: 'a',
      strategy: 'supplied',
      version: 2,
      rotatedAt: '2026-01-01T00:00:00.000Z',
      value: undefined,
      oldDeleted: false,
      oldKeptBecause: 'Secrets are not deleted.',
      supersededByVersion: 3,
      oldName: 'b',
      acceptedByLitellm: false,
      eventNotPublishedBecause: 'There is no such bus.',
    });
  });

  it('is read without it', () => {
    expect(toRotation(ROTATED)).toMatchObject({ version: 2, oldDeleted: undefined, acceptedByLitellm: undefined });
    expect(toRotation({ ...ROTATED, version: null })).toMatchObject({ version: undefined });
  });

  it.each([{ ...ROTATED, name: 1 }, { ...ROTATED, old_deleted: 'no' }, {}])(
    'is refused where it is none: %j',
    (answer) => {
      let caught: unknown;
      try {
        toRotation(answer);
      } catch (error) {
        caught = error;
      }
      expect(isAnswerError(caught)).toBe(true);
    },
  );
});

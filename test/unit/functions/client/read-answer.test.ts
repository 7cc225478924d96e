import { describe, expect, it } from 'vitest';
import {
  isAnswerError,
  toBatch,
  toDeletion,
  toHealth,
  toRotation,
  toSecret,
  toVariablePage,
  toWrite,
} from '../../../../functions/client/read-answer.ts';

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

const isRefused = (read: () => unknown): boolean => {
  try {
    read();
    return false;
  } catch (error) {
    return isAnswerError(error);
  }
};

describe('the answer of a read', () => {
  const read = { name: 'a', value: 'v', encoding: 'utf-8' };

  it('is stale only where it says so', () => {
    expect(toSecret(read)).toMatchObject({ name: 'a', stale: false });
    expect(toSecret({ ...read, stale: 'true' })).toMatchObject({ stale: false });
    expect(toSecret({ ...read, stale: true })).toMatchObject({ stale: true });
  });

  it('is text, or bytes as base64', () => {
    expect(toSecret(read).value.expose()).toBe('v');
    expect(toSecret({ ...read, value: '/wA=', encoding: 'base64' }).value.exposeBytes()).toEqual(Buffer.from([255, 0]));
    for (const odd of [{ encoding: 'latin1' }, { encoding: 'base64' }, { value: 1 }, { encoding: undefined }])
      expect(isRefused(() => toSecret({ ...read, ...odd }))).toBe(true);
  });

  it('of many tells each failure by its code, or as internal where this client does not know it', () => {
    const errors = [
      { name: 'b', code: 'forbidden', message: 'No.' },
      { name: 'c', code: 'of-tomorrow', message: 'Who knows.' },
    ];
    const { items, errors: told } = toBatch({ secrets: [read], errors }, toSecret);
    expect(items).toHaveLength(1);
    expect(told).toMatchObject([
      { name: 'b', error: { code: 'forbidden', message: 'No.' } },
      { name: 'c', error: { code: 'internal', message: 'Who knows.' } },
    ]);
  });

  it('is a page with what is known of each variable', () => {
    const secrets = [
      { name: 'a', version: 2, created_at: '2026-01-01' },
      { name: 'b', version: null, created_at: null },
    ];
    expect(toVariablePage({ secrets, cursor: null })).toEqual({
      variables: [
        { name: 'a', version: 2, createdAt: '2026-01-01' },
        { name: 'b', version: undefined, createdAt: undefined },
      ],
      cursor: undefined,
    });
    expect(toVariablePage({ secrets: [], cursor: 'next' })).toEqual({ variables: [], cursor: 'next' });
    for (const odd of [
      { secrets, cursor: 1 },
      { secrets: [{ name: 'a', version: '2', created_at: null }], cursor: null },
    ])
      expect(isRefused(() => toVariablePage(odd))).toBe(true);
  });

  it('is the health, only where it is good', () => {
    const health = { ok: true, account: 'a', login: 'l', token_age_seconds: 5 };
    expect(toHealth(health)).toEqual({ ok: true, account: 'a', login: 'l', tokenAgeSeconds: 5 });
    expect(isRefused(() => toHealth({ ...health, ok: 'true' }))).toBe(true);
  });
});

describe('the answer of a write', () => {
  it('tells what is known', () => {
    const written = { name: 'a', created: true, changed: false, version: 3 };
    expect(toWrite(written)).toEqual(written);
    expect(toWrite({ ...written, changed: null, version: null })).toMatchObject({
      changed: undefined,
      version: undefined,
    });
    for (const odd of [{ created: 1 }, { changed: 'no' }, { version: '3' }, { changed: undefined }])
      expect(isRefused(() => toWrite({ ...written, ...odd }))).toBe(true);
  });

  it('of a deletion must be one', () => {
    expect(isRefused(() => toDeletion({ name: 'a', deleted: false }))).toBe(false);
    for (const odd of [{ name: 'a' }, { deleted: true }, { name: 'a', deleted: 'true' }])
      expect(isRefused(() => toDeletion(odd))).toBe(true);
  });
});

it('a rotation that says null of what happens seldom says nothing, and of a refusal by LiteLLM only false', () => {
  expect(toRotation({ ...ROTATED, old_deleted: null }).oldDeleted).toBeUndefined();
  expect(isRefused(() => toRotation({ ...ROTATED, accepted_by_litellm: true }))).toBe(true);
  expect(isRefused(() => toRotation({ ...ROTATED, version: true }))).toBe(true);
  expect(toRotation({ ...ROTATED, version: 'id' }).version).toBe('id');
  expect(toRotation({ ...ROTATED, value: 'v', encoding: 'utf-8' }).value?.expose()).toBe('v');
});

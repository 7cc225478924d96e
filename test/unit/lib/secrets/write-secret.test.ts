import { expect, it } from 'vitest';
import { Secret } from '../../../../lib/secret.ts';
import { VersionMemory } from '../../../../lib/secrets/write-secret.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

it.each<[Answer, string]>([
  [{ status: 200 }, 'upstream_error'],
  [{ status: 201, body: 'sesame' }, 'upstream_error'],
  [{ status: 204 }, 'upstream_error'],
])('another success than that of Conjur leaves open who took the value: %j', async (answer, code) => {
  const { conjur } = mockConjur(() => answer);
  await expect(conjur.writeSecret('a', 'value', { reportVersion: false })).rejects.toMatchObject({
    ...{ code, message: expect.stringContaining('It is not known whether anything was changed.') },
  });
});

it('a redirect has written nothing, and is told as one', async () => {
  const { conjur } = mockConjur(() => ({ status: 300 }));
  const error = await conjur.writeSecret('a', 'value').catch(String);
  expect(error).toContain('A redirect (300) came');
  expect(error).not.toContain('It is not known');
});

it.each<[string, Answer]>([
  ['in an unknown coding', { status: 201, headers: { 'content-encoding': 'zstd' }, body: 'x' }],
  ['of more than any answer has', { status: 201, body: Buffer.alloc(9_000_000) }],
])('an answer %s leaves open whether the value was written', async (_, answer) => {
  const { conjur, seen } = mockConjur(() => answer);
  await expect(conjur.writeSecret('a', 'value', { reportVersion: false })).rejects.toMatchObject({
    code: 'upstream_error',
    message: expect.stringContaining('It is not known whether the value of "a" was written'),
  });
  expect(seen).toHaveLength(1);
});

it.each(['self-hosted', 'saas'])('half a surrogate pair is refused, and not stored as U+FFFD: %s', async (edition) => {
  const { conjur, seen } = mockConjur(() => ({ status: 201 }), { CYBERARK_EDITION: edition });
  for (const value of ['a\ud800b', Secret.of('\udc00')])
    await expect(conjur.writeSecret('data/a', value)).rejects.toMatchObject({ code: 'invalid_request' });
  const { errors } = await conjur.writeSecrets([{ name: 'data/b', value: '\ud800' }]);
  expect(errors).toMatchObject([{ name: 'data/b', error: { code: 'invalid_request' } }]);
  expect(seen).toEqual([]);
  await conjur.writeSecret('data/a', '\ud83d\ude00', { reportVersion: false });
  expect(seen).toHaveLength(1);
});

it('a version below the one seen before is of another variable, and tells of no change', () => {
  const versions = new VersionMemory();
  expect([7, 7, 8, 1, 2].map((version) => versions.note('a', version))).toEqual([
    ...[undefined, false, true, undefined, true],
  ]);
  expect([versions.note('a', undefined), versions.seen('a')]).toEqual([undefined, 2]);
  versions.forget('a');
  expect(versions.seen('a')).toBeUndefined();
  versions.note('a', 3);
  versions.clear();
  expect(versions.seen('a')).toBeUndefined();
});

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

it('a value is sent as the bytes that it is', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 201 }));
  await conjur.writeSecret('app/a', 'größe', { reportVersion: false });
  expect(seen).toMatchObject([{ method: 'POST', path: '/secrets/default/variable/app%2Fa', body: 'größe' }]);
  expect(seen[0]?.headers).toMatchObject({ 'content-type': 'application/octet-stream' });
});

it.each<[Answer, string, RegExp]>([
  [{ status: 403 }, 'forbidden', /^This identity may not write the secret "a"\. .*CYBERARK_GRANT_WRITE/],
  [{ status: 403, body: '<html></html>' }, 'upstream_error', /is a web page/],
  [{ status: 422 }, 'unprocessable', /only white space/],
  [{ status: 404, body: 'sesame' }, 'upstream_error', /a 404 that is not one of Conjur's/],
  [{ status: 500 }, 'upstream_error', /^Conjur answered 500/],
])('a write that is answered with %j is none: %s', async (answer, code, words) => {
  const { conjur } = mockConjur(() => answer);
  await expect(conjur.writeSecret('a', 'value')).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
});

it.each([
  ['exists', false, undefined],
  ['is made', true, true],
])(
  'of a variable that %s, a write that tells no version tells this of a change: %s, %s',
  async (_, created, changed) => {
    let isThere = !created;
    const { conjur } = mockConjur(({ path }) => {
      if (!path.startsWith('/policies/')) return { status: isThere ? 201 : 404 };
      isThere = true;
      return { status: 201, body: '{"created_roles":{},"version":1}' };
    });
    const written = { name: 'a', created, changed, version: undefined };
    expect(await conjur.writeSecret('a', 'value', { reportVersion: false })).toEqual(written);
  },
);

it.each(['self-hosted', 'saas'])(
  'a value that is none is the program’s fault, and fails the whole call: %s',
  async (edition) => {
    const { conjur } = mockConjur(() => ({ status: 201 }), { CYBERARK_EDITION: edition });
    const secrets = [
      { name: 'data/a', value: 'value' },
      { name: 'data/b', value: 7 as never },
    ];
    await expect(conjur.writeSecrets(secrets)).rejects.toThrow(TypeError);
  },
);

it('a value of no bytes is refused before anything is sent', async () => {
  const { conjur, seen } = mockConjur(() => ({ status: 201 }));
  await expect(conjur.writeSecret('a', '')).rejects.toMatchObject({ code: 'invalid_request' });
  await conjur.writeSecret('a', 'x', { reportVersion: false });
  expect(seen).toHaveLength(1);
});

it('a version that cannot be read undoes no write, and is told of', async () => {
  const warnings: unknown[] = [];
  const logger = { ...console, warn: (_: string, fields?: unknown) => warnings.push(fields) };
  const { conjur } = mockConjur(({ method }) => ({ status: method === 'GET' ? 403 : 201 }), {}, { logger });
  expect(await conjur.writeSecret('a', 'value')).toEqual({
    ...{ name: 'a', created: false, changed: undefined, version: undefined },
  });
  expect(warnings).toEqual([{ name: 'a', code: 'forbidden' }]);
});

it('the variable that is missing is defined, and a value that it does not take then is told by what to grant', async () => {
  const paths: string[] = [];
  const { conjur } = mockConjur(({ path }) => {
    paths.push(path.split('/')[1] ?? '');
    return path.startsWith('/policies/') ? { status: 201, body: '{"created_roles":{},"version":1}' } : { status: 404 };
  });
  await expect(conjur.writeSecret('a', 'value')).rejects.toMatchObject({
    ...{ code: 'forbidden', message: expect.stringContaining('is defined, but this identity may not see it') },
  });
  expect(paths).toEqual(['secrets', 'policies', 'secrets']);
});

it('of the versions that were seen the longest unused is forgotten, where there are too many', () => {
  const versions = new VersionMemory(2);
  for (const [name, version] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['c', 1],
  ] as const)
    versions.note(name, version);
  expect(['a', 'b', 'c'].map((name) => versions.seen(name))).toEqual([2, undefined, 1]);
  const usual = new VersionMemory();
  for (let index = 0; index <= 1_000; index += 1) usual.note(String(index), 1);
  expect(['0', '1', '1000'].map((name) => usual.seen(name))).toEqual([undefined, 1, 1]);
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

import { describe, expect, it } from 'vitest';
import {
  parseHttp,
  readSecretFunction,
  toBody,
  toCursor,
  toDirect,
  toReply,
} from '../../../../functions/read-secret/api.ts';
import { parseCursor } from '../../../../functions/read-secret/checked-request.ts';
import { type ReadAnswer, read } from '../../../../functions/read-secret/read.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { ConjurError } from '../../../../lib/errors.ts';
import { Secret } from '../../../../lib/secret.ts';
import { FakeClock } from '../../lib/fake-clock.ts';
import { settingsOf } from '../runtime/settings-of.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const ONE = { kind: 'one', name: 'a', version: undefined, fresh: false, raw: false } as const;
const secret = (stale = false) => ({ name: 'a', value: Secret.of('v'), contentType: undefined, version: 1, stale });

describe('a cursor', () => {
  it('is handed back as it was given', () => {
    for (const offset of [0, 7, 999_999_999]) expect(parseCursor(toCursor(offset))).toBe(offset);
  });

  it.each(['o1234567890', 'xo1', 'o1x', 'o', '1'])('is none of a caller: %s', (text) => {
    expect(() => parseCursor(Buffer.from(text).toString('base64url'))).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

describe('the answer of a read', () => {
  it('says that it is stale only where it is', () => {
    const body = { name: 'a', value: 'v', encoding: 'utf-8' };
    expect(toBody({ kind: 'one', secret: secret() })).toEqual(body);
    expect(toBody({ kind: 'one', secret: secret(true) })).toEqual({ ...body, stale: true });
  });

  it('of many tells each failure', () => {
    const errors = [{ name: 'b', error: new ConjurError('forbidden', 'No.') }];
    expect(toBody({ kind: 'many', result: { items: [secret()], errors } })).toEqual({
      secrets: [{ name: 'a', value: 'v', encoding: 'utf-8' }],
      errors: [{ name: 'b', code: 'forbidden', message: 'No.' }],
    });
  });

  it('of a listing has null for what is not known, and a cursor only where there is more', () => {
    const variables = [
      { name: 'a', version: 2, createdAt: '2026-01-01' },
      { name: 'b', version: undefined, createdAt: undefined },
    ] as unknown as Extract<ReadAnswer, { kind: 'list' }>['variables'];
    expect(toBody({ kind: 'list', variables, nextOffset: undefined })).toEqual({
      secrets: [
        { name: 'a', version: 2, created_at: '2026-01-01' },
        { name: 'b', version: null, created_at: null },
      ],
      cursor: null,
    });
    expect(toBody({ kind: 'list', variables: [], nextOffset: 5 })).toMatchObject({ cursor: toCursor(5) });
  });

  it('is the bytes only of one secret that was asked for so', () => {
    const answer: ReadAnswer = { kind: 'one', secret: secret() };
    const many: ReadAnswer = { kind: 'many', result: { items: [], errors: [] } };
    expect(toReply({ ...ONE, raw: true }, answer)).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    expect(toReply(ONE, answer)).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(toReply({ ...ONE, raw: true }, many)).toMatchObject({ isBase64Encoded: false });
    expect(toReply({ kind: 'health', raw: true } as never, answer)).toMatchObject({ isBase64Encoded: false });
  });

  it('of the health and of a listing is never too large', () => {
    const health = { ok: true, account: 'a', login: 'l', tokenAgeSeconds: 5 } as const;
    expect(toDirect({ kind: 'health' }, { kind: 'health', health })).toEqual({
      ok: true,
      account: 'a',
      login: 'l',
      token_age_seconds: 5,
    });
    const request = { kind: 'list', search: undefined, limit: undefined, offset: 0 } as const;
    expect(toDirect(request, { kind: 'list', variables: [], nextOffset: undefined })).toEqual({
      secrets: [],
      cursor: null,
    });
  });

  it('of many is too large where they are so together', () => {
    const items = [1, 2, 3].map(() => ({ ...secret(), value: Secret.of('x'.repeat(2_200_000)) }));
    const request = { kind: 'many', names: ['a'], fresh: false } as const;
    expect(() => toDirect(request, { kind: 'many', result: { items, errors: [] } })).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    );
  });
});

it('the log names what is read', () => {
  const describeCall = (request: Parameters<typeof readSecretFunction.describe>[0]) =>
    readSecretFunction.describe(request, {} as never);
  expect(readSecretFunction.name).toBe('read-secret');
  expect(describeCall(ONE)).toEqual({ call: 'read', name: 'a' });
  expect(describeCall({ kind: 'many', names: ['a', 'b'], fresh: false })).toEqual({ call: 'read-many', count: 2 });
  expect(describeCall({ kind: 'health' })).toEqual({ call: 'health' });
});

it('the one of many that may be read is read', async () => {
  const readSecrets = async (names: readonly string[]) => ({ items: names.map((name) => ({ name })), errors: [] });
  const deps = { settings: { keyManagement: settingsOf({ CYBERARK_HOSTED_KEYS: 'a' }) }, conjur: { readSecrets } };
  expect(await read(deps as never, { kind: 'many', names: ['a', 'b'], fresh: false }, deadline)).toMatchObject({
    result: { items: [{ name: 'a' }], errors: [{ name: 'b' }] },
  });
});

it('a listing for a caller who is not limited is that of Conjur', async () => {
  const asked: unknown[] = [];
  const listVariables = async ({ search, limit, offset }: Record<string, unknown>) => {
    asked.push([search, limit, offset]);
    return { variables: [], nextOffset: 9 };
  };
  const deps = { settings: { keyManagement: settingsOf() }, conjur: { listVariables } };
  const answer = await read(deps as never, { kind: 'list', search: 's', limit: 5, offset: 4 }, deadline);
  expect(answer).toEqual({ kind: 'list', variables: [], nextOffset: 9 });
  expect(asked).toEqual([['s', 5, 4]]);
});

describe('a listing for a caller who is limited', () => {
  const pages: Record<number, object> = {
    0: { variables: [{ name: 'a/1' }, { name: 'b' }], nextOffset: 2 },
    2: { variables: [{ name: 'a/2' }, { name: 'a/3' }], nextOffset: undefined },
  };
  const asked: unknown[] = [];
  const conjur = {
    listVariables: async ({ offset, search }: { offset: number; search: string }) => {
      asked.push(search);
      return pages[offset];
    },
  };
  const keyManagement = settingsOf({ CYBERARK_HOSTED_KEYS: 'a/1,a/2,a/3' });
  const list = async (offset: number, limit?: number) => {
    const request = { kind: 'list', search: 's', limit, offset } as const;
    const answer = await read({ settings: { keyManagement }, conjur } as never, request, deadline);
    if (answer.kind !== 'list') throw new Error('It is no list.');
    return [answer.variables.map(({ name }) => name), answer.nextOffset];
  };

  it('counts its pages in what that caller may see', async () => {
    expect(await list(0)).toEqual([['a/1', 'a/2', 'a/3'], undefined]);
    expect(await list(0, 2)).toEqual([['a/1', 'a/2'], 2]);
    expect(await list(2, 2)).toEqual([['a/3'], undefined]);
    expect(await list(1, 2)).toEqual([['a/2', 'a/3'], undefined]);
    expect(new Set(asked)).toEqual(new Set(['s']));
  });
});

it.each([
  [59_999, 59],
  [60_000, 60],
  [undefined, 0],
])('a token of %s ms is %i seconds old', async (ageMs, tokenAgeSeconds) => {
  const conjur = { whoami: async () => ({ account: 'a', login: 'l' }), tokenAgeMs: () => ageMs };
  const deps = { settings: { keyManagement: settingsOf() }, conjur } as never;
  expect(await read(deps, { kind: 'health' }, deadline)).toEqual({
    kind: 'health',
    health: { ok: true, account: 'a', login: 'l', tokenAgeSeconds },
  });
});

it('each of its parameters is taken by its own call', async () => {
  const call = (target: string) => {
    const [path = '', query = ''] = target.split('?');
    return parseHttp({
      method: 'GET',
      path,
      query: new URLSearchParams(query),
      header: () => undefined,
      body: undefined,
    });
  };
  expect(await call('/secrets/a?version=2&fresh=true')).toMatchObject({ version: 2, fresh: true });
  expect(await call('/secrets?name=a')).toMatchObject({ kind: 'many', fresh: false });
  expect(await call('/secrets?search=x')).toMatchObject({ search: 'x' });
  expect(await call('/secrets?limit=1')).toMatchObject({ limit: 1 });
  for (const target of [
    '/secrets?name=a&limit=1',
    '/secrets?fresh=true',
    '/secrets/a?name=b',
    '/secretsx',
    '/x/secrets/',
  ])
    await expect(async () => call(target)).rejects.toThrow(expect.objectContaining({ code: 'invalid_request' }));
});

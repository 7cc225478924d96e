import { describe, expect, it } from 'vitest';
import { parseHttp, toCursor } from '../../../../functions/read-secret/api.ts';
import type { HttpCall } from '../../../../functions/runtime/http.ts';

function call(target: string, headers: Record<string, string> = {}, method = 'GET'): HttpCall {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: new URLSearchParams(query), header: (name) => headers[name], body: undefined };
}

const refused = (part: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(part) });

describe('an HTTP call of read-secret', () => {
  it('asks for one secret, its latest version and whatever the cache has', async () => {
    expect(await parseHttp(call('/secrets/app/db pass'))).toEqual({
      kind: 'one',
      name: 'app/db pass',
      version: undefined,
      fresh: false,
      raw: false,
    });
  });

  it('asks for an older version, and past the cache', async () => {
    expect(await parseHttp(call('/secrets/app/db?version=3&fresh=true'))).toMatchObject({ version: 3, fresh: true });
    expect(await parseHttp(call('/secrets/app/db?fresh=false'))).toMatchObject({ fresh: false });
  });

  it.each([
    ['application/octet-stream', true],
    ['text/html, Application/Octet-Stream;q=0.9', true],
    ['*/*', false],
    ['application/*', false],
    ['application/octet-stream-2', false],
    ['', false],
  ])('answers the accept header %j with the bytes: %j', async (accept, raw) => {
    expect(await parseHttp(call('/secrets/a', { accept }))).toMatchObject({ raw });
  });

  it('asks for many, a comma in a name included', async () => {
    expect(await parseHttp(call('/secrets?name=a%2Cb&name=c&fresh=true'))).toEqual({
      kind: 'many',
      names: ['a,b', 'c'],
      fresh: true,
    });
  });

  it.each(['/secrets/a?version=1&version=2', '/secrets?name=a&fresh=false&fresh=true', '/secrets?limit=1&limit=2'])(
    'does not choose between two values of one parameter: %s',
    async (target) => {
      await expect(async () => parseHttp(call(target))).rejects.toThrow(refused('more than once'));
    },
  );

  it('asks for a listing and its next page', async () => {
    expect(await parseHttp(call('/secrets'))).toEqual({ kind: 'list', search: undefined, limit: undefined, offset: 0 });
    const next = `/secrets?search=db&limit=5&cursor=${toCursor(5)}`;
    expect(await parseHttp(call(next))).toEqual({ kind: 'list', search: 'db', limit: 5, offset: 5 });
  });

  it('takes a signature in the query for none of its parameters', async () => {
    expect(await parseHttp(call('/secrets/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=abc'))).toMatchObject({
      kind: 'one',
      name: 'a',
    });
  });

  it('asks how it is', async () => {
    expect(await parseHttp(call('/health'))).toEqual({ kind: 'health' });
  });

  it.each([
    ['another method', call('/secrets/a', {}, 'HEAD'), 'GET /secrets'],
    ['an unknown route', call('/keys'), 'GET /health'],
    ['an empty name', call('/secrets/'), "The secret's name is empty"],
    ['a dot segment', call('/secrets/a/../b'), '".." segment'],
    ['version 0', call('/secrets/a?version=0'), 'version'],
    ['a version that is no number', call('/secrets/a?version=latest'), '"version" must be a whole number'],
    ['a version that no database column holds', call('/secrets/a?version=2147483648'), 'version'],
    [
      'a slip of the pen',
      call('/secrets/a?verison=3'),
      'the parameter "verison", which this call does not take. It takes version, fresh',
    ],
    ['a flag of another call', call('/secrets?fresh=true'), 'It takes name, search, limit, cursor'],
    ['a search among names', call('/secrets?name=a&search=b'), '"search"'],
    ['a parameter of the health', call('/health?fresh=true'), 'It takes none'],
    ['a flag that is none', call('/secrets/a?fresh=yes'), '"fresh" must be true or false'],
    ['a limit beyond the bounds', call('/secrets?limit=1001'), 'limit'],
    ['a cursor of its own', call('/secrets?cursor=abc'), 'cursor'],
    ['too many names', call(`/secrets?${'name=a&'.repeat(1_001)}`), 'names'],
  ])('refuses %s', async (_, http, part) => {
    await expect(async () => parseHttp(http)).rejects.toThrow(refused(part));
  });

  it('does not repeat a parameter that may be a value in the place of its name', async () => {
    const misplaced = call('/secrets/a?s3cr3t%20value');
    await expect(async () => parseHttp(misplaced)).rejects.toThrow(refused('a parameter, which'));
    await expect(async () => parseHttp(misplaced)).rejects.not.toThrow(/s3cr3t/);
  });
});

import { describe, expect, it } from 'vitest';
import type { HttpCall } from '../../../../functions/runtime/http.ts';
import { parseHttp } from '../../../../functions/write-secret/api.ts';

function call(method: string, target: string, body?: unknown, contentType = 'application/json'): HttpCall {
  const [path = '', query = ''] = target.split('?');
  const bytes = body instanceof Buffer ? body : body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const header = (name: string) => (name === 'content-type' ? contentType : undefined);
  return { method, path, query: new URLSearchParams(query), header, body: bytes };
}

const refused = (part: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(part) });

describe('an HTTP call of write-secret', () => {
  it('takes a value in JSON', () => {
    const request = parseHttp(call('PUT', '/secrets/app/db', { value: 'v', annotations: { a: 'b' } }));
    expect(request).toMatchObject({
      kind: 'one',
      secret: { name: 'app/db', annotations: { a: 'b' } },
      reportVersion: true,
    });
  });

  it.each(['application/octet-stream', 'text/plain', ''])(
    'takes the bytes as they are under the content type %j',
    (contentType) => {
      const request = parseHttp(call('PUT', '/secrets/app/db?version=false', Buffer.from([0, 255, 61]), contentType));
      expect(request).toMatchObject({ kind: 'one', reportVersion: false });
      expect(request.kind === 'one' && request.secret.value.exposeBytes()).toEqual(Buffer.from([0, 255, 61]));
    },
  );

  it('takes the bytes as they are where no content type is named', () => {
    const request = parseHttp({ ...call('PUT', '/secrets/a', Buffer.from('v')), header: () => undefined });
    expect(request.kind === 'one' && request.secret.value.expose()).toBe('v');
  });

  it.each([
    ['application/x-www-form-urlencoded', '{"value":"sk-12345"}'],
    ['Application/X-WWW-Form-Urlencoded; charset=utf-8', 'sk-12345'],
    ['multipart/form-data; boundary=x', '--x'],
  ])('refuses the content type of a form, which curl sends by itself: %j', (contentType, body) => {
    const http = call('PUT', '/secrets/app/db', Buffer.from(body), contentType);
    expect(() => parseHttp(http)).toThrow(refused('with content-type: application/json'));
    expect(() => parseHttp(http)).toThrow(refused('with content-type: text/plain'));
    expect(() => parseHttp(http)).not.toThrow(/sk-12345/);
  });

  it.each([
    'application/json,application/json',
    'text/plain;charset=UTF-8,application/json',
    'application/x-www-form-urlencoded, application/json',
    'text/plain; a="\\"", application/json',
  ])('does not choose between two content types, of a header that came twice: %j', (contentType) => {
    const http = call('PUT', '/secrets/app/db', { value: 'sk-12345' }, contentType);
    expect(() => parseHttp(http)).toThrow(refused('more than one content type'));
  });

  it('takes a comma between the quotes of a parameter for none', () => {
    const http = call('PUT', '/secrets/app/db', { value: 'v' }, 'application/json; a="b, \\", c"');
    expect(parseHttp(http)).toMatchObject({ kind: 'one', secret: { name: 'app/db' } });
  });

  it('takes many, without their versions where those are not wanted', () => {
    const body = { secrets: [{ name: 'a', value: '1' }] };
    expect(parseHttp(call('POST', '/secrets', body))).toMatchObject({ kind: 'many', reportVersion: true });
    expect(parseHttp(call('POST', '/secrets?version=false', body))).toMatchObject({ reportVersion: false });
    expect(parseHttp(call('POST', '/secrets', { ...body, version: false }))).toMatchObject({ reportVersion: false });
  });

  it('takes a virtual key', () => {
    const request = parseHttp(call('POST', '/virtual-keys', { key: 'sk-12345', key_alias: 'a', token_id: 'hash' }));
    expect(request).toMatchObject({ kind: 'virtual-key', virtualKey: { keyAlias: 'a', tokenId: 'hash' } });
  });

  it('takes a virtual key in the form of a direct call', () => {
    const virtual_key = { key: 'sk-12345', key_alias: 'a', token_id: 'hash' };
    const request = parseHttp(call('POST', '/virtual-keys', { virtual_key }));
    expect(request).toMatchObject({
      kind: 'virtual-key',
      virtualKey: { keyAlias: 'a', tokenId: 'hash' },
      reportVersion: true,
    });
    expect(parseHttp(call('POST', '/virtual-keys', { virtual_key, version: false }))).toMatchObject({
      reportVersion: false,
    });
    expect(parseHttp(call('POST', '/virtual-keys?version=false', { virtual_key }))).toMatchObject({
      reportVersion: false,
    });
  });

  it('takes a deletion', () => {
    expect(parseHttp(call('DELETE', '/secrets/app/db'))).toEqual({ kind: 'delete', name: 'app/db' });
  });

  it.each([
    ['an unknown route', call('PATCH', '/secrets/a'), 'It serves PUT /secrets/{name}'],
    ['a virtual key by PUT', call('PUT', '/virtual-keys', {}), 'POST /virtual-keys'],
    ['a body that is no JSON', call('POST', '/virtual-keys', Buffer.from('{sk-12345')), 'not JSON'],
    [
      'a virtual key that lacks its token id',
      call('POST', '/virtual-keys', { key: 'sk-12345' }),
      'token_id is missing',
    ],
    [
      'a virtual key in both forms',
      call('POST', '/virtual-keys', { virtual_key: { key: 'sk-12345', token_id: 'a' }, token_id: 'hash' }),
      'token_id',
    ],
    ['a flag that is none', call('PUT', '/secrets/a?version=no', { value: 'v' }), '"version" must be true or false'],
    ['a slip of the pen', call('PUT', '/secrets/a?verison=1', { value: 'v' }), 'the parameter "verison"'],
    ['a parameter that it does not know', call('DELETE', '/secrets/a?version=3'), 'It takes none'],
    ['a list for a body', call('POST', '/secrets', [{ name: 'a', value: 'sk-12345' }]), 'must be a JSON object'],
    ['no body', call('PUT', '/secrets/a', undefined, 'text/plain'), 'no body'],
    ['a dot segment', call('DELETE', '/secrets/a/../b'), "The secret's name"],
  ])('refuses %s', (_, http, part) => {
    expect(() => parseHttp(http)).toThrow(refused(part));
    expect(() => parseHttp(http)).not.toThrow(/sk-12345/);
  });
});

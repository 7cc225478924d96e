import { describe, expect, it } from 'vitest';
import { parseDirect } from '../../../../functions/write-secret/api.ts';

/** Longer than any name, so that no message and no line of the log repeats it. */
const LONG = 'n'.repeat(2_601);
const refused = (part: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(part) });

describe('a direct call of write-secret', () => {
  it('takes one secret with all that can be said of it', () => {
    const request = parseDirect({
      name: 'app/db',
      value: 'cGFzcw==',
      encoding: 'base64',
      mime_type: 'text/plain',
      annotations: { owner: 'pay' },
      version: false,
    });
    expect(request).toMatchObject({
      kind: 'one',
      secret: { name: 'app/db', mimeType: 'text/plain', annotations: { owner: 'pay' } },
      reportVersion: false,
    });
    expect(request.kind === 'one' && request.secret.value.expose()).toBe('pass');
  });

  it('tells the version of what it wrote, unless that is not wanted', () => {
    expect(parseDirect({ name: 'a', value: 'v' })).toMatchObject({ reportVersion: true });
    expect(parseDirect({ name: 'a', value: 'v', version: false })).toMatchObject({ reportVersion: false });
  });

  it('takes many secrets, and lets a bad name be an error of its own', () => {
    const request = parseDirect({
      secrets: [
        { name: 'a', value: '1' },
        { name: '../b', value: '2' },
      ],
    });
    expect(request).toMatchObject({ kind: 'many', reportVersion: true });
    expect(request.kind === 'many' && request.secrets.map(({ name }) => name)).toEqual(['a', '../b']);
  });

  it('refuses two values for one name', () => {
    const secrets = [
      { name: 'a', value: 'first-value' },
      { name: 'b', value: '2' },
      { name: 'a', value: 'other-value' },
    ];
    expect(() => parseDirect({ secrets })).toThrow(refused('"a" stands in the call more than once'));
    expect(() => parseDirect({ secrets })).not.toThrow(/first-value|other-value/);
  });

  it('takes a virtual key, with null for no alias as LiteLLM sends it', () => {
    const request = parseDirect({ virtual_key: { key: 'sk-1234567890', key_alias: null, token_id: 'hash' } });
    expect(request).toMatchObject({ kind: 'virtual-key', virtualKey: { keyAlias: undefined, tokenId: 'hash' } });
    expect(request.kind === 'virtual-key' && request.virtualKey.key.expose()).toBe('sk-1234567890');
  });

  it.each([
    ['token_id', { key: 'sk-1234567890', token_id: 'sk-1234567890' }],
    ['key_alias', { key: 'sk-1234567890', key_alias: 'my sk-1234567890', token_id: 'hash' }],
  ])('refuses a virtual key that stands in its own %s, and does not repeat it', (_, virtualKey) => {
    const call = () => parseDirect({ virtual_key: virtualKey });
    expect(call).toThrow(refused('The key itself stands in'));
    expect(call).not.toThrow(/sk-1234567890/);
  });

  it.each([
    ['no object', 'app/db', '"name" and "value"'],
    ['nothing that it serves', { foo: 1 }, '"virtual_key"'],
    ['a value that is no string', { name: 'a', value: 123456 }, 'value must be string'],
    ['a field that it does not know', { name: 'a', value: 'v', ttl: 1 }, 'unknown field "ttl"'],
    ['a virtual key without its token id', { virtual_key: { key: 'sk-1' } }, 'token_id is missing'],
    ['an alias that no name can hold', { virtual_key: { key: 'sk-1', key_alias: LONG, token_id: 'h' } }, 'key_alias'],
    ['a token id that no name can hold', { virtual_key: { key: 'sk-1', token_id: LONG } }, 'token_id'],
    [
      'the same name that is none',
      { secrets: [LONG, LONG].map((name) => ({ name, value: 'v' })) },
      'A name that is none',
    ],
    ['no secrets', { secrets: [] }, 'secrets'],
    ['an annotation that would vanish', { name: 'a', value: 'v', annotations: { constructor: 'x' } }, 'constructor'],
    ['an annotation of a prototype', JSON.parse('{"name":"a","value":"v","annotations":{"__proto__":"x"}}'), 'proto'],
    ['a deletion of a bad name', { delete: '../a' }, "The secret's name"],
  ])('refuses %s', (_, payload, part) => {
    expect(() => parseDirect(payload)).toThrow(refused(part));
    expect(() => parseDirect(payload)).not.toThrow(/123456/);
    expect(() => parseDirect(payload)).not.toThrow(LONG);
  });
});

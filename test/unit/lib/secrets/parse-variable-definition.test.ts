import { describe, expect, it } from 'vitest';
import { parseVariableDefinition } from '../../../../lib/secrets/variable-policy.ts';

const refused = (part: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(part) });

describe('parseVariableDefinition', () => {
  it('gives back what can be defined, unchanged', () => {
    const definition = {
      name: 'app/db',
      mimeType: 'application/json; charset=utf-8',
      annotations: { 'app/kind': 'password', '!delete': 'two\nlines\tand "quotes"', '<<': '', 'ü 🔑': '*anchor' },
    };
    expect(parseVariableDefinition(definition)).toBe(definition);
  });

  it.each([
    ['an empty name', { '': 'v' }],
    ['a name of spaces', { '  ': 'v' }],
    ['a newline in the name', { 'a\nb': 'v' }],
    ['U+2028 in the name', { 'a\u2028b': 'v' }],
    ['a lone surrogate in the name', { 'a\ud800': 'v' }],
    ['a name that is too long', { ['a'.repeat(256)]: 'v' }],
    ['an annotation that switches on a rotator', { 'rotation/rotator': 'postgresql/password' }],
    ['an annotation of a rotator in capitals', { 'Rotation/ttl': 'P1D' }],
    ['an annotation of an issuer', { 'dynamic/issuer': 'aws' }],
    ["an annotation of Conjur's own", { 'conjur/kind': 'password' }],
    ["the MIME type's own name", { 'conjur/mime_type': 'text/plain' }],
    ['a NUL in the value', { a: 'v\u0000' }],
    ['U+0085 in the value', { a: 'v\u0085' }],
    ['a lone surrogate in the value', { a: 'v\udfff' }],
    ['a value that is too long', { a: 'v'.repeat(4_097) }],
    ['a value that Conjur would change', { a: '../b' }],
    ['a path that Conjur would resolve', { a: 'x/../b' }],
    ['a value that is no string', { a: 1 as unknown as string }],
    ['too many of them', Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, 'v']))],
  ])('refuses annotations with %s', (_, annotations) => {
    expect(() => parseVariableDefinition({ name: 'app/db', annotations })).toThrow(refused('"app/db"'));
  });

  it('takes dots that Conjur leaves alone', () => {
    const annotations = { a: 'b..c', d: '.../e', f: 'see ../g', h: './i' };
    expect(parseVariableDefinition({ name: 'app/db', annotations }).annotations).toBe(annotations);
  });

  it.each([
    'json',
    'text/',
    'text/..',
    'text/plain\nx',
    'text/plain \n;',
    'text/plain\u00a0;',
    `text/${'x'.repeat(300)}`,
  ])('refuses the MIME type %j', (mimeType) => {
    expect(() => parseVariableDefinition({ name: 'app/db', mimeType })).toThrow(refused('MIME type'));
  });

  it("does not show an annotation's value", () => {
    expect(() => parseVariableDefinition({ name: 'a', annotations: { note: 'private\u0000' } })).not.toThrow(/private/);
  });
});

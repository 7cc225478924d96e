import { describe, expect, it } from 'vitest';
import { isConjurError } from '../../../lib/errors.ts';
import { MAX_NAME_BYTES, parseVariableName, toSecretPath } from '../../../lib/names.ts';

describe('parseVariableName', () => {
  it.each([
    'a',
    'my..key',
    'a b',
    'a%b',
    'a+b',
    'a?b',
    'a#b',
    'a:b',
    'ключ/鍵/🔑',
    'a,b',
    '...',
    '"quoted" & <odd>',
    'a\\b',
    'a'.repeat(MAX_NAME_BYTES),
    'é'.repeat(MAX_NAME_BYTES / 2),
  ])('takes %j as it is', (name) => {
    expect(parseVariableName(name)).toBe(name);
  });

  it.each([
    ['empty', ''],
    ['no string', 1],
    ['missing', undefined],
    ['a dot segment', 'a/./b'],
    ['a parent segment', '../a'],
    ['an empty segment', 'a//b'],
    ['a leading slash', '/a'],
    ['a trailing slash', 'a/'],
    ['a newline', 'a\nb'],
    ['a NUL', 'a\u0000b'],
    ['U+0085', 'a\u0085b'],
    ['U+2028', 'a\u2028b'],
    ['U+2029', 'a\u2029b'],
    ['a lone surrogate', 'a\ud800b'],
    ['too many bytes', 'é'.repeat(MAX_NAME_BYTES / 2 + 1)],
    ['one byte too many', 'a'.repeat(MAX_NAME_BYTES + 1)],
  ])('refuses a name that has or is %s', (_, name) => {
    let error: unknown;
    try {
      parseVariableName(name);
    } catch (caught) {
      error = caught;
    }
    expect(isConjurError(error, 'invalid_request')).toBe(true);
  });
});

it('half a surrogate pair goes as what stands for it, and fails no call before it is sent', () => {
  expect(toSecretPath('\ud800', 'a')).toBe('/secrets/%EF%BF%BD/variable/a');
});

it('a path holds no character that a proxy may take for a delimiter', () => {
  expect(toSecretPath('a', "b!'()*c")).toBe('/secrets/a/variable/b%21%27%28%29%2Ac');
});

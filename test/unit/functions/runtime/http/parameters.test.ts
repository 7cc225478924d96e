import { describe, expect, it } from 'vitest';
import { assertParameters, parseFlag, parseNumber } from '../../../../../functions/runtime/http.ts';

const query = (text: string) => new URLSearchParams(text);
const refused = (words: string) =>
  expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(words) });

describe('the parameters of a query', () => {
  it('are those that the call takes, and those of a signature', () => {
    assertParameters(query(''), []);
    assertParameters(query('a=1&b=2&X-Amz-Date=3'), ['a', 'b']);
  });

  it.each([
    ['c=1', ['a', 'b'], 'the parameter "c", which this call does not take. It takes a, b.'],
    ['a=1&c=1', ['a'], 'the parameter "c"'],
    ['c=1', [], 'It takes none.'],
    ['my-x-amz-date=1', [], 'the parameter "my-x-amz-date"'],
    [`${'c'.repeat(30)}=1`, [], `the parameter "${'c'.repeat(30)}"`],
    // What does not look like a name may be a value in its place.
    [`${'c'.repeat(31)}=1`, [], 'a parameter, which'],
    ['%20c=1', [], 'a parameter, which'],
    ['c%20=1', [], 'a parameter, which'],
  ])('%s are refused where it takes %j', (text, known, words) => {
    expect(() => assertParameters(query(text), known)).toThrow(refused(words));
  });

  it('stand there once, but for those of which there may be many', () => {
    expect(() => assertParameters(query('a=1&b=2&a=1'), ['b', 'a'], ['b'])).toThrow(
      refused('the parameter "a" more than once'),
    );
    assertParameters(query('a=1&b=2&a=1'), ['b', 'a'], ['a']);
    assertParameters(query('X-Amz-Date=1&X-Amz-Date=1'), []);
  });

  it.each([
    ['f=true', true],
    ['f=false', false],
    ['', undefined],
  ])('%j is a flag: %s', (text, expected) => {
    expect(parseFlag(query(text), 'f')).toBe(expected);
  });

  it.each(['f=', 'f=TRUE', 'f=1'])('%s is no flag', (text) => {
    expect(() => parseFlag(query(text), 'f')).toThrow(refused('"f" must be true or false'));
  });

  it.each([
    ['n=0', 0],
    ['n=999999999999999', 999_999_999_999_999],
    ['', undefined],
  ])('%j is a number: %s', (text, expected) => {
    expect(parseNumber(query(text), 'n')).toBe(expected);
  });

  it.each(['n=', 'n=1.5', 'n=-1', 'n=1x', 'n=x1', 'n=1000000000000000'])('%s is no number', (text) => {
    expect(() => parseNumber(query(text), 'n')).toThrow(refused('"n" must be a whole number'));
  });
});

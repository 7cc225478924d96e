import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { decodeValue, parseInput, parseJsonBody } from '../../../../functions/runtime/input.ts';

const refused = (message: unknown) => expect.objectContaining({ code: 'invalid_request', message });
const containing = (words: string) => refused(expect.stringContaining(words));

describe('a value', () => {
  it.each([
    ['c2VzYW1l', undefined, 'c2VzYW1l'],
    ['c2VzYW1l', 'utf-8', 'c2VzYW1l'],
    ['c2VzYW1l', 'base64', 'sesame'],
  ] as const)('%s with the encoding %s is %s', (value, encoding, expected) => {
    expect(decodeValue(value, encoding).expose()).toBe(expected);
  });

  it.each(['c2VzYW1', 'c2Vz YW1l', 'c2VzYW1l=', 'é'])('%s is no base64', (value) => {
    expect(() => decodeValue(value, 'base64')).toThrow(containing('not base64'));
  });
});

describe('input that is checked by a schema', () => {
  const schema = v.strictObject({
    name: v.string(),
    count: v.optional(v.pipe(v.number(), v.minValue(2))),
    form: v.optional(v.pipe(v.string(), v.regex(/^a$/))),
    own: v.optional(
      v.pipe(
        v.string(),
        v.check((text) => text === 'right', 'what is right'),
      ),
    ),
    raw: v.optional(
      v.pipe(
        v.string(),
        v.rawCheck(({ dataset, addIssue }) => {
          if (dataset.typed && dataset.value === 'bad') addIssue({ message: 'It is bad, for a reason.' });
        }),
      ),
    ),
    list: v.optional(v.array(v.strictObject({ id: v.number() }))),
    either: v.optional(v.picklist(['one', 'two'])),
  });
  const parse = (input: unknown) => parseInput(schema, input, 'The call');

  it('is what it is where it is right', () => {
    const input = { name: 'a', count: 2, form: 'a', own: 'right', raw: 'good', list: [{ id: 1 }], either: 'one' };
    expect(parse(input)).toEqual(input);
  });

  it.each([
    ['a list', [{ name: 'a' }], 'The call must be a JSON object, and not a list.'],
    ['nothing', undefined, 'Invalid request: the input is missing.'],
    ['a text', 'text', 'Invalid request: the input must be Object.'],
    ['a field that is missing', {}, 'Invalid request: name is missing.'],
    ['a field of another type', { name: 1 }, 'Invalid request: name must be string.'],
    ['a field that it does not know', { name: 'a', more: 1 }, 'Invalid request: unknown field "more".'],
    ['a choice that is none', { name: 'a', either: 'three' }, 'Invalid request: either must be ("one" | "two").'],
    ['a number out of bounds', { name: 'a', count: 1 }, 'Invalid request: count must be >=2.'],
    ['a text of another form', { name: 'a', form: 'b' }, 'Invalid request: form must be of the documented form.'],
    ['what a check of our own refuses', { name: 'a', own: 'wrong' }, 'Invalid request: own must be what is right.'],
    ['what explains itself', { name: 1, raw: 'bad' }, 'It is bad, for a reason.'],
    [
      'a field within a list',
      { name: 'a', list: [{ id: 1 }, { id: 'x' }] },
      'Invalid request: list.1.id must be number.',
    ],
  ])('says what is wrong of %s, and never what it was', (_, input, message) => {
    expect(() => parse(input)).toThrow(refused(message));
  });

  it('names one fault of a field, and not what follows from it', () => {
    const strict = v.strictObject({ text: v.pipe(v.string(), v.minLength(3), v.regex(/^b/)) });
    expect(() => parseInput(strict, { text: 'a' }, 'It')).toThrow(refused('Invalid request: text must be >=3.'));
  });

  it('names five faults at most', () => {
    const many = { name: 'a', f_a: 1, f_b: 1, f_c: 1, f_d: 1, f_e: 1, f_f: 1 };
    const each = v.strictObject({
      a: v.string(),
      b: v.string(),
      c: v.string(),
      d: v.string(),
      e: v.string(),
      f: v.string(),
    });
    expect(() => parseInput(each, {}, 'It')).toThrow(
      refused('Invalid request: a is missing; b is missing; c is missing; d is missing; e is missing.'),
    );
    expect(() => parse(many)).toThrow(containing('unknown field "f_a"'));
  });

  it.each([
    ['a'.repeat(20), true],
    ['A_z', true],
    ['a'.repeat(21), false],
    ['-a', false],
    ['a-', false],
    ['1234', true],
    ['12345', false],
  ])('repeats the name of a field only where it looks like one: %s', (name, isTold) => {
    const place = isTold ? name : '(a name left out)';
    expect(() => parse({ name: 'a', [name]: 1 })).toThrow(refused(`Invalid request: unknown field "${place}".`));
  });
});

describe('a field that would vanish without a word', () => {
  const anything = v.looseObject({});
  const within = (key: string, levels: number): unknown => {
    let value: unknown = JSON.parse(`{"${key}":1}`);
    for (let level = 1; level < levels; level += 1) value = { a: value };
    return value;
  };

  it.each(['__proto__', 'constructor', 'prototype'])('is refused: %s', (key) => {
    for (const levels of [1, 2, 5])
      expect(() => parseInput(anything, within(key, levels), 'The call')).toThrow(
        containing(`The call has a field "${key}"`),
      );
  });

  it('is not looked for where no field of a call is', () => {
    expect(parseInput(anything, within('constructor', 6), 'The call')).toHaveProperty('a');
    expect(parseInput(anything, { a: null }, 'The call')).toEqual({ a: null });
  });
});

describe('a JSON body', () => {
  it('is parsed', () => {
    expect(parseJsonBody(Buffer.from('{"é":1}'), '{}')).toEqual({ é: 1 });
  });

  it.each([
    ['none', undefined, 'The request has no body. Send JSON such as {"a":1}.'],
    ['one that is not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8'],
    ['one that is no JSON', Buffer.from('sesame'), 'The body is not JSON. Send JSON such as {"a":1}.'],
  ])('is refused where it is %s', (_, body, words) => {
    expect(() => parseJsonBody(body, '{"a":1}')).toThrow(containing(words));
  });
});

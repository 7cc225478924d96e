import { expect, it } from 'vitest';
import { guessScalar, toScalarText } from '../../../../../../infra/local/conjur/policy/guess-scalar.ts';

it.each([
  ['12', 12],
  ['-3', -3],
  ['1_000', 1000],
  ['1.5', 1.5],
  ['007', 7],
  ['0x1F', 31],
  ['1.2.3', '1.2.3'],
  ['true', true],
  ['No', false],
  ['~', null],
  ['null', null],
  ['', null],
  ['text', 'text'],
  ['12 apples', '12 apples'],
])('a plain %j is taken for %j, and quoted it is text', (source, value) => {
  expect(guessScalar(source, false)).toBe(value);
  expect(guessScalar(source, true)).toBe(source);
});

it.each([
  ['1.0', '1.0'],
  ['1.50', '1.5'],
  ['12', '12'],
  ['007', '7'],
  ['yes', 'true'],
  ['~', ''],
  ['1.2.3', '1.2.3'],
  ['2024-01-15', '2024-01-15'],
  ['2024-01-15T10:20:30Z', '2024-01-15 10:20:30 +0000'],
  ['2024-01-15 10:20:30.5 +02:00', '2024-01-15 10:20:30 +0200'],
  ['2024-01-15T10:20:30-05', '2024-01-15 10:20:30 -0500'],
  ['2024-01-15T10:20', '2024-01-15T10:20'],
])('an annotation %j is kept as %j', (source, text) => {
  expect(toScalarText(source, false)).toBe(text);
  expect(toScalarText(source, true)).toBe(source);
});

import * as v from 'valibot';
import { Secret } from '../../../lib/secret.ts';
import { writeAndVerify } from '../write-and-verify.ts';
import { draw, LETTERS_AND_DIGITS } from './draw.ts';
import type { RotationStrategy } from './strategy.ts';
import { commonFields } from './strategy.ts';

const DEFAULT_LENGTH = 32;

const schema = v.strictObject({
  ...commonFields,
  strategy: v.literal('random'),
  /** Characters drawn, the prefix not counted. Default 32. */
  length: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(16), v.maxValue(4_096))),
  /** Default: letters and digits. */
  alphabet: v.optional(v.pipe(v.string(), v.check(isAlphabet, '10 or more distinct characters'))),
  /** Stands before the drawn characters. */
  prefix: v.optional(v.pipe(v.string(), v.maxLength(256))),
});

/**
 * A new random value: written, then read back and compared. A repetition makes another one. Of two rotations at the same time both
 * answer with the value that stands in the end, since neither caller chose its own.
 */
export const random: RotationStrategy<typeof schema> = {
  name: 'random',
  schema,
  variablesOf: ({ name }) => [name],
  async rotate({ conjur, randomInt }, { name, alphabet, length, prefix = '' }, deadline, runStep) {
    const characters = alphabet === undefined ? LETTERS_AND_DIGITS : [...alphabet];
    const drawn = Secret.of(prefix + draw(characters, length ?? DEFAULT_LENGTH, randomInt));
    const { version, value } = await runStep('write and verify', () => writeAndVerify(conjur, name, drawn, deadline));
    return { name, version, value };
  },
};

function isAlphabet(text: string): boolean {
  const characters = [...text];
  return characters.length >= 10 && new Set(characters).size === characters.length;
}

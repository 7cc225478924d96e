import { Secret } from '../../../lib/secret.ts';
import { randomCall } from '../../contract/rotate-key.ts';
import { assertVersion, writeAndVerify } from '../write-and-verify.ts';
import { draw, LETTERS_AND_DIGITS } from './draw.ts';
import { createStrategy } from './strategy.ts';

const DEFAULT_LENGTH = 32;

/**
 * A new random value: written, then read back and compared. A repetition makes another one. Of two rotations at the same time both
 * answer with the value that stands in the end, since neither caller chose its own.
 */
export const random = createStrategy({
  name: 'random',
  schema: randomCall,
  affectedVariables: ({ name }) => [name],
  async rotate(
    { conjur, randomInt },
    { name, alphabet, length, prefix = '', if_version: ifVersion },
    deadline,
    logged,
  ) {
    await assertVersion(conjur, name, ifVersion, deadline);
    const characters = alphabet === undefined ? LETTERS_AND_DIGITS : [...alphabet];
    const drawn = Secret.of(prefix + draw(characters, length ?? DEFAULT_LENGTH, randomInt));
    const { version, value } = await logged('write and verify', () => writeAndVerify(conjur, name, drawn, deadline));
    return { name, version, value };
  },
});

import { AwsJsonError } from '../../aws-json/aws-json-error.ts';
import { getRandomPasswordInput, parseInput } from '../input-schemas.ts';
import type { Operation } from './operation.ts';

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const UPPERCASE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export const getRandomPassword: Operation = ({ random }, rawInput) => {
  const input = parseInput(getRandomPasswordInput, rawInput);
  const types = [
    input.ExcludeLowercase ? '' : LOWERCASE,
    input.ExcludeUppercase ? '' : UPPERCASE,
    input.ExcludeNumbers ? '' : NUMBERS,
    input.ExcludePunctuation ? '' : PUNCTUATION,
    input.IncludeSpace ? ' ' : '',
  ]
    .map((type) => [...type].filter((letter) => !input.ExcludeCharacters.includes(letter)))
    .filter((type) => type.length > 0);
  const letters = types.flat();
  if (letters.length === 0) throw invalid('No characters are left to make a password of.');
  if (input.RequireEachIncludedType && types.length > input.PasswordLength) {
    throw invalid('The password is too short to hold each of the included types of characters.');
  }
  const isGood = (password: string[]) =>
    !input.RequireEachIncludedType || types.every((type) => password.some((letter) => type.includes(letter)));
  // Drawing again until every type is there keeps all good passwords equally likely.
  for (;;) {
    const password = Array.from({ length: input.PasswordLength }, () => pick(letters, random));
    if (isGood(password)) return { RandomPassword: password.join('') };
  }
};

/** One of the letters, each equally likely: bytes that would favour the first ones are thrown away. */
function pick(letters: readonly string[], random: (size: number) => Uint8Array): string {
  const limit = 256 - (256 % letters.length);
  for (;;) {
    const [byte = 255] = random(1);
    const letter = byte < limit ? letters[byte % letters.length] : undefined;
    if (letter !== undefined) return letter;
  }
}

function invalid(message: string): AwsJsonError {
  return new AwsJsonError('InvalidParameterException', message);
}

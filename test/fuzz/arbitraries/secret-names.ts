import fc from 'fast-check';
import { anyText } from './any-text.ts';

/** Variables that the fuzzed Conjur has from the start. */
export const KNOWN_NAMES = [
  'app/db/password',
  'app/db/user',
  'odd/a b%2Fc+d?e#f:g,h',
  'ключ/鍵',
  'my..key',
  'empty/value',
];

/** The variable that holds a virtual key of LiteLLM's. */
export const VIRTUAL_KEY_NAME = 'litellm/key';

/** Characters that some layer between caller and Conjur treats in a way of its own. */
const AWKWARD = [
  ...' %+?#:&=;@!$\'()*,[]{}|\\^`~"<>._-/\u00a0\u00e9\u0301\ud83d\ude00\ufeff\u200d\u202eк鍵',
  '%2F',
  '%00',
  '..',
  '//',
  './',
];
const ILLEGAL = ['\u0000', '\n', '\t', '\u007f', '\u0085', '\u2028', '\u2029', '\ud800', '\udc00'];

const segment = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...'abcXYZ019') },
      { weight: 4, arbitrary: fc.constantFrom(...AWKWARD) },
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

/** Mostly legal ids, with everything in them that has to survive a URL, a JSON text and a YAML document. */
export const oddName = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));

const illegalName = fc.oneof(
  fc.constantFrom('', '/', '.', '..', '/a', 'a/', 'a//b', 'a/./b', 'a/../b', '../../etc/passwd'),
  fc.tuple(oddName, fc.constantFrom(...ILLEGAL), oddName).map((parts) => parts.join('')),
  fc.constantFrom('n'.repeat(2_999), 'n'.repeat(3_001), 'é'.repeat(1_501), 'x/'.repeat(2_000)),
);

/** Names of all kinds: those that are there, those that are not, those that cannot be. */
export const secretName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...KNOWN_NAMES) },
  { weight: 3, arbitrary: oddName },
  { weight: 1, arbitrary: anyText(30) },
  { weight: 1, arbitrary: illegalName },
);

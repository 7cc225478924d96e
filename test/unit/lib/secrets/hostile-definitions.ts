import fc from 'fast-check';
import type { VariableDefinition } from '../../../../lib/secrets/variable-policy.ts';

/** What means something to a YAML parser, to Conjur's policy loader, or to whoever joins strings. */
const HOSTILE =
  '!delete|!variable|!policy|!!python/object:os.system|!<tag:x>|!|&anchor|*anchor|<<|<<: *a|- |? |: |:|#| #|%YAML 1.1|---|...|@|`|' +
  '>|{|}|[|]|,|"|\'|\\|\\n|\\x41|\\"|""|\'\'|~|null|yes|no|on|off|true|y|0x10|010|1e3|12:30|1_000|.inf|.nan|2026-03-01|' +
  '$|<%= 1 %>|#{1}|{{x}}|$(x)| |  |\u00a0|\u3000|\ufeff|\u200b|\uffff|🔑|é|/|@policy|root|litellm';

/** What no name may hold, and few of them an annotation. */
const FORBIDDEN = [
  ...[
    '\n- !delete\n  record: !variable known\n',
    '\n---\n',
    '|-\n  x',
    '\t',
    '\r\n',
    '\n',
    '\u0000',
    '\u0007',
    '\u001b',
  ],
  ...['\u0085', '\u2028', '\u2029', '\ud800', '\udc00', '/../', '//', '/'],
];

const piece = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('|', ...HOSTILE.split('|')) },
  { weight: 5, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constantFrom(...FORBIDDEN) },
);
const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''));
/** About 4 KiB of one piece, which is more than a name may have and just what an annotation may. */
const long = piece
  .filter((unit) => unit !== '')
  .map((unit) => unit.repeat(Math.ceil(4_096 / unit.length)).slice(0, 4_096));
const hostile = fc.oneof({ weight: 60, arbitrary: text }, { weight: 1, arbitrary: long });

const annotations = fc
  .array(fc.tuple(hostile, hostile), { maxLength: 3 })
  // Not by Object.fromEntries on a plain object's prototype: `__proto__` is a name like any other.
  .map((entries) => Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(entries)));

/** Definitions as somebody with bad intentions would have them, most of them in the branch `litellm`. */
export const hostileDefinition: fc.Arbitrary<VariableDefinition> = fc.record({
  name: fc.oneof({ weight: 9, arbitrary: hostile.map((name) => `litellm/${name}`) }, { weight: 1, arbitrary: hostile }),
  mimeType: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(undefined, 'application/json', 'text/plain; charset="utf-8"') },
    { weight: 1, arbitrary: text },
  ),
  annotations: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: annotations }),
});

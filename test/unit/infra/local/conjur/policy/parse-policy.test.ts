import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReplyError } from '../../../../../../infra/local/conjur/http/reply-error.ts';
import { parsePolicy } from '../../../../../../infra/local/conjur/policy/parse-policy.ts';
import { toPolicyRows } from '../../../../../../infra/local/conjur/policy/policy-rows.ts';
import { resolvePolicy } from '../../../../../../infra/local/conjur/policy/resolve-policy.ts';

function faultOf(text: string): string {
  try {
    parsePolicy(text);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a policy text', () => {
  it.each([
    ['!Variable', 'variable'],
    ['!HOST', 'host'],
    ['!HostFactory', 'host_factory'],
    ['!host_factory', 'host_factory'],
  ])('may spell a tag %s', (tag, type) => {
    expect(parsePolicy(`- ${tag} x\n`)).toEqual([{ type, values: { id: 'x' } }]);
  });

  it.each(['', '\n', '# only a comment\n', '---\n', '--- # comment\n', '[]\n', '---\n[]\n'])(
    'may be empty: %j',
    (text) => {
      expect(parsePolicy(text)).toEqual([]);
    },
  );

  it.each([
    ['- !variable [unclosed\n', "did not find expected ',' or ']' while parsing a flow sequence"],
    ['- !variable {id: v\n- !host h\n', "did not find expected ',' or '}' while parsing a flow mapping"],
    ['- !variable x: y: z\n', 'mapping values are not allowed in this context'],
    ["- !variable 'v\n", 'found unexpected end of stream while scanning a quoted scalar'],
    ['- !variable @v\n', 'found character that cannot start any token while scanning for the next token'],
    ['- !variable a\n  - !variable b\n- : :\n', expect.any(String)],
  ])('that is not YAML is refused in the words of a genuine Conjur: %j', (text, message) => {
    expect(faultOf(text)).toEqual(message);
  });

  it.each([
    ['- !nonsense x\n', 1, 0],
    ['- !nonsense x', 1, 0],
    ['- !nonsense x\n\n\n- !variable y\n', 3, 0],
    ['- !policy\n  id: a\n  body:\n  - !nonsense x\n  - !variable y\n', 4, 2],
    ['- !nonsense "x"\n', 1, 0],
    ['- !nonsense "x"\n- !variable y\n', 1, 1],
    ['- !nonsense\n  id: x\n', 1, 5],
    ['- !variable v\n- !nonsense x # why\n', 2, 0],
    ['- !nonsense\n- !variable y\n', 1, 1],
    ['- !policy\n  id: p\n  owner: !nonsense x', 2, 20],
    ['- !policy\n  id: p\n  owner: !nonsense "x" # why\n', 2, 22],
    ['- !policy\n  id: p\n  owner:\n    !nonsense "x"\n', 4, 0],
    ['- !permit { role: !nonsense x, privileges: [ read ] }\n', 1, 0],
    ['- !policy\n  id: p\n  body: [ !nonsense x , !variable y ]\n', 2, 23],
  ])('tells where the parser stood when it met a fault: %j', (text, line, column) => {
    expect(faultOf(text)).toBe(
      `Error at line ${line}, column ${column} in policy : Unrecognized data type '!nonsense'`,
    );
  });

  it('of any content is read or refused, and never breaks the server', () => {
    const words = fc.constantFrom(
      ...[
        '- ',
        '!variable ',
        '!host ',
        '!policy\n',
        '!grant\n',
        '!permit\n',
        '!delete ',
        '  id: ',
        '  body:\n',
        '  role: ',
      ],
      ...[
        '&a ',
        '*a',
        '[',
        ']',
        '{',
        '}',
        '"',
        "'",
        ':',
        ', ',
        '\n',
        '  ',
        'x',
        '12',
        '~',
        '/',
        '../',
        '#',
        '|\n',
        '? ',
        '!',
        '%',
        '\t',
      ],
    );
    const texts = fc.oneof(
      fc.array(words, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string({ unit: 'grapheme' }),
    );
    const none = { hasRole: () => false, hasResource: () => false };
    fc.assert(
      fc.property(texts, (text) => {
        try {
          toPolicyRows(resolvePolicy(parsePolicy(text), { account: 'a', ownerId: 'a:user:admin' }), 'a', none);
        } catch (error) {
          if (!(error instanceof ReplyError)) throw error;
        }
      }),
      { numRuns: 1500 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkYaml } from '../../../../../../../infra/local/conjur/policy/yaml/check-yaml.ts';
import { YamlFault } from '../../../../../../../infra/local/conjur/policy/yaml/cursor.ts';

function faultOf(text: string): YamlFault | undefined {
  try {
    checkYaml(text);
    return undefined;
  } catch (error) {
    if (error instanceof YamlFault) return error;
    throw error;
  }
}

describe('a text', () => {
  // Messages and places as libyaml 0.2.5 gives them.
  it.each([
    ['- !variable [unclosed\n', "did not find expected ',' or ']' while parsing a flow sequence", 0, 12],
    ['- !variable "v\n', 'found unexpected end of stream while scanning a quoted scalar', 0, 12],
    ['- !variable { id: v\n', "did not find expected ',' or '}' while parsing a flow mapping", 0, 12],
    ['- !variable\n  id: v\n kind: x\n', "did not find expected '-' indicator while parsing a block collection", 0, 0],
    ['- !variable\n  id: v\n  kind\n  mime_type: x\n', "could not find expected ':' while scanning a simple key", 2, 2],
    ['- !variable\n\tid: v\n', 'found character that cannot start any token while scanning for the next token', 1, 0],
    ['- !variable x: y: z\n', 'mapping values are not allowed in this context', 0, 16],
    ['- !variable v\n!host h\n', "could not find expected ':' while scanning a simple key", 1, 0],
    ['- !variable v\n{', "could not find expected ':' while scanning a simple key", 1, 0],
    ['- @v\n', 'found character that cannot start any token while scanning for the next token', 0, 2],
    ['- &\n', 'did not find expected alphabetic or numeric character while scanning an anchor', 0, 2],
    ['- *\n', 'did not find expected alphabetic or numeric character while scanning an alias', 0, 2],
    ['- !variable "a\\qb"\n', 'found unknown escape character while parsing a quoted scalar', 0, 12],
    ['- !variable "\\x4"\n', 'did not find expected hexdecimal number while parsing a quoted scalar', 0, 12],
    ['- !<x\n', "did not find the expected '>' while scanning a tag", 0, 2],
    ['- [a, b]]\n', "did not find expected '-' indicator while parsing a block collection", 0, 0],
    [
      '- !policy\n  id: p\n  body:\n - !variable v\n',
      "did not find expected '-' indicator while parsing a block collection",
      0,
      0,
    ],
    ['- !policy\n  id: p\n  body: - !variable v\n', 'block sequence entries are not allowed in this context', 2, 8],
    [
      '- !host\n  id: h\n  annotations:\n    a: b\n   c: d\n',
      'did not find expected key while parsing a block mapping',
      1,
      2,
    ],
    ['- !e!x v\n', 'found undefined tag handle while parsing a node', 0, 2],
    ['- !v{x a\n', 'did not find expected whitespace or line break while scanning a tag', 0, 2],
    ['- !v%zz a\n', 'did not find URI escaped octet while parsing a tag', 0, 2],
    ['- |x\n  a\n', 'did not find expected comment or line break while scanning a block scalar', 0, 2],
    ['- |0\n  a\n', 'found an indentation indicator equal to 0 while scanning a block scalar', 0, 2],
    ['- |\n \ta\n', 'found a tab character where an indentation space is expected while scanning a block scalar', 0, 2],
    ['%FOO\n- a\n', 'found unknown directive name while scanning a directive', 0, 0],
    ['%TAG \n- a\n', "did not find expected '!' while scanning a tag directive", 0, 0],
    ['%YAML 1.x\n---\n- a\n', 'did not find expected version number while scanning a %YAML directive', 0, 0],
    ['%YAML 3.0\n---\n- a\n', 'found incompatible YAML document', 0, 0],
    ['- !variable v\n...\n- !variable w\n', 'did not find expected <document start>', 0, 0],
    ['- a: ]\n', 'did not find expected node content while parsing a block node', 0, 5],
    ["- 'a\n--- b'\n", 'found unexpected document indicator while scanning a quoted scalar', 0, 2],
    ['- [a:,]\n', "found unexpected ':' while scanning a plain scalar", 0, 3],
    ['- a\n\t b\n', 'found a tab character that violates indentation while scanning a plain scalar', 0, 2],
  ])('that is not YAML is refused as libyaml does it: %j', (text, message, line, column) => {
    const fault = faultOf(text);
    expect([fault?.message, fault?.mark.line, fault?.mark.column]).toEqual([message, line, column]);
  });

  it('with control characters is refused', () => {
    expect(faultOf('- a\u0007\n')?.message).toBe('control characters are not allowed');
  });

  it.each([
    '',
    '# nothing\n',
    '---\n...\n',
    '- !!str a\n- ! b\n- !<tag:x,2000:y> c\n',
    '%YAML 1.1\n%TAG !e! tag:x,2000:\n---\n- !e!x &a é\n- *a\n',
    "- \"a\\\n  b\\x41\"\n- 'it''s'\n",
    '- |2-\n   a\n\n  b\n- >+\n  c\n',
    '- [a, b: c, ? d : e, {f, g: h, ? i}]\n',
    '? a\n: - b\n',
    'a:\n- b\n- c:\n  - d\n',
    '\ufeff- a: b\n',
  ])('that is YAML is taken: %j', (text) => {
    expect(faultOf(text)).toBeUndefined();
  });

  it('of any characters is taken or refused, and ends', () => {
    const characters = fc.constantFrom(...'-?:,[]{}#&*!|>\'"%@` \n\tab1\\é');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 60 }), (text) => {
        faultOf(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('tells how far it was read: a word that may be a key is read to the next one', () => {
    const places = checkYaml('- a\n- b: c\n').nodes.map(({ line, column }) => `${line}:${column}`);
    // The list, a, the mapping, b, c, the end of the mapping, the end of the list.
    expect(checkYaml('\ufeff- a').nodes).toHaveLength(3);
    expect(places).toEqual(['0:1', '1:0', '1:4', '1:4', '2:0', '2:0', '2:0']);
  });
});

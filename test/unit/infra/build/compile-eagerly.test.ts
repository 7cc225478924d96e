import { transform } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { compileEagerly } from '../../../../infra/build/compile-eagerly.ts';

describe('the wrapper of a CommonJS module', () => {
  it('is put in parentheses, whatever it holds', () => {
    const body = '  if (a) {\n    b();\n  }\n  c.exports = `\n  });\n`;';
    expect(compileEagerly(`var x = m((b, c) => {\n${body}\n});\nrest();\n`)).toBe(
      `var x = m(((b, c) => {\n${body}\n}));\nrest();\n`,
    );
    expect(compileEagerly('var a = m(() => {\n});\nvar b = m(() => {\n});\n')).toBe(
      'var a = m((() => {\n}));\nvar b = m((() => {\n}));\n',
    );
  });

  it.each([
    ['a function with more arguments after it', 'var x = m((a) => {\n  b();\n}, 1);\nf(() => {\n});\n'],
    ['a function that is no argument', 'var x = (a) => {\n  b();\n};\n'],
    ['a call that is no declaration', 'm((a) => {\n  b();\n});\n'],
    ['an object', 'var x = m({\n  a: 1\n});\n'],
  ])('is not %s', (_, text) => {
    expect(compileEagerly(text)).toBe(text);
  });

  it('keeps its parentheses through esbuild, which is what they are there for', async () => {
    const { code } = await transform('var x = m(((a, b) => {\n  b.exports = 1;\n}));\n', { minify: true });
    expect(code).toContain('m(((');
  });
});

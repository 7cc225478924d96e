/**
 * Puts parentheses around the function that esbuild wraps each CommonJS module in. V8 takes a function in parentheses for one that is
 * called at once, and compiles it with what stands around it. Without them it reads the module twice before it runs it: once to find its
 * end, and once more when it is called, which for a start is nearly always. https://v8.dev/blog/preparser#pife
 *
 * @param text output of esbuild with short names and its white space: a wrapper begins and ends a line there
 * @example compileEagerly('var a = b((c, d) => {\n  d.exports = 1;\n});\n')
 * // 'var a = b(((c, d) => {\n  d.exports = 1;\n}));\n'
 */
export function compileEagerly(text: string): string {
  const lines = text.split('\n');
  let opened: number | undefined;
  for (const [index, line] of lines.entries()) {
    if (BEGIN.test(line)) opened = index;
    // The first line that begins with a brace ends the function, whatever comes after it.
    if (opened === undefined || !line.startsWith('}')) continue;
    if (line === '});') {
      lines[opened] = (lines[opened] as string).replace(BEGIN, '$1($2');
      lines[index] = '}));';
    }
    opened = undefined;
  }
  return lines.join('\n');
}

const BEGIN = /^(var [\w$]+ = [\w$]+\()(\([\w$, ]*\) => \{)$/;

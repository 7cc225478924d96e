import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, sep } from 'node:path';
import type { Plugin } from 'esbuild';

const ENTRY = 'undici-entry';

/**
 * What the source may import from `undici`, and where it lives in the package. esbuild refuses any other name ("No matching export"),
 * so that nothing can go missing unnoticed: whoever needs more adds it here.
 */
const EXPORTS = {
  Agent: './lib/dispatcher/agent.js',
  buildConnector: './lib/core/connect.js',
  Dispatcher: './lib/dispatcher/dispatcher.js',
  errors: './lib/core/errors.js',
} as const;

/** `Dispatcher.prototype` gets these from undici's main file. The source asks by `dispatch` alone. */
const METHODS = ['request', 'stream', 'pipeline', 'connect', 'upgrade'] as const;

/**
 * Files that undici reaches for only in cases that do not occur here: bodies of the fetch API, form data, HTTP/2 (the dispatcher is
 * made with `allowH2: false`), and WebAssembly without SIMD (every processor of Lambda has it).
 */
const UNREACHED =
  /[\\/]node_modules[\\/]undici[\\/]lib[\\/](?:web[\\/]|llhttp[\\/]llhttp-wasm\.js$|dispatcher[\\/]client-h2\.js$)/;

/**
 * Bundles of undici what is used. Its main file loads fetch, web sockets, mocks, caches and interceptors, which is two thirds of its
 * code and of its share in a cold start.
 */
export function trimUndiciPlugin(root: string): Plugin {
  const require = createRequire(`${root}/package.json`);
  const directory = dirname(require.resolve('undici/package.json'));
  return {
    name: 'trim-undici',
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: ENTRY }));
      build.onLoad({ filter: /^undici$/, namespace: ENTRY }, () => ({
        contents: toEntry(),
        resolveDir: directory,
        loader: 'js',
      }));
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]llhttp[\\/]constants\.js$/ }, ({ path }) => ({
        contents: parserConstants(require(path), readFileSync(`${directory}/${PARSER_USER}`, 'utf8')),
        loader: 'js',
      }));
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]core[\\/]tree\.js$/ }, () => ({
        contents: LEARNT_NAMES,
        loader: 'js',
      }));
      build.onLoad({ filter: /[\\/]undici[\\/]lib[\\/]llhttp[\\/]llhttp_simd-wasm\.js$/ }, ({ path }) => ({
        contents: `module.exports = require('${PARSER_BYTES}').read();`,
        resolveDir: dirname(path),
        loader: 'js',
      }));
      build.onResolve({ filter: new RegExp(`^(?:${PARSER_BYTES}|${PARSER_FILE})$`) }, ({ path }) => ({
        path,
        namespace: ENTRY,
      }));
      build.onLoad({ filter: new RegExp(`^${PARSER_BYTES}$`), namespace: ENTRY }, () => ({
        contents: READ_PARSER,
        loader: 'js',
      }));
      build.onLoad({ filter: new RegExp(`^${PARSER_FILE}$`), namespace: ENTRY }, () => ({
        contents: require(`${directory}/lib/llhttp/llhttp_simd-wasm.js`) as Buffer,
        loader: 'file',
      }));
      build.onLoad({ filter: UNREACHED }, ({ path }) => ({
        contents: leftOut(relative(directory, path).split(sep).join('/')),
        loader: 'js',
      }));
    },
  };
}

const PARSER_BYTES = 'parser-bytes';
const PARSER_FILE = 'llhttp.wasm';

/**
 * undici has its parser as 72 KB of base64 in its source, which every start scans, hashes and decodes. It is a file of its own here, read
 * for the first connection.
 */
const READ_PARSER = `
  import path from '${PARSER_FILE}';
  export const read = () => process.getBuiltinModule('node:fs').readFileSync(new URL(path, import.meta.url));
`;

/** The one file that reads the parser's constants. */
const PARSER_USER = 'lib/dispatcher/client-h1.js';

/**
 * The parser's constants are tables of every method, status and character, which a start fills for nothing. Kept are those that the client
 * reads.
 * @param user text of the file that reads them
 * @throws Error where it reads them in a way that this does not find
 * @example parserConstants({ TYPE: { BOTH: 0 }, HEX: ['0'] }, "const constants = require('x'); constants.TYPE.BOTH")
 * // 'module.exports = {"TYPE":{"BOTH":0}};'
 */
export function parserConstants(all: Readonly<Record<string, unknown>>, user: string): string {
  const [, ...uses] = user.split(/(?<![\w/.])constants\b/).slice(1);
  const names = uses.map((after) => /^\.(\w+)/.exec(after)?.[1]);
  if (names.length === 0 || names.some((name) => name === undefined || !(name in all)))
    throw new Error(`undici's ${PARSER_USER} reads the parser's constants in a way of its own.`);
  return `module.exports = ${JSON.stringify(Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))))};`;
}

/**
 * undici finds names of headers in a tree of all that are known, which every start would build. Here it learns those that come: a server
 * sends the same few with every answer. The key of an object is the one text that V8 need not look up again.
 */
const LEARNT_NAMES = `
  const learnt = [];
  function lookup(bytes) {
    for (const known of learnt) if (isSame(known.bytes, bytes)) return known.name;
    if (learnt.length === 32) return null;
    const [name] = Object.keys({ [bytes.toString('latin1').toLowerCase()]: true });
    learnt.push({ bytes: Uint8Array.from(bytes), name });
    return name;
  }
  function isSame(known, bytes) {
    if (known.length !== bytes.length) return false;
    for (let at = bytes.length - 1; at >= 0; at -= 1) if (known[at] !== bytes[at]) return false;
    return true;
  }
  module.exports = { tree: { lookup } };
`;

function toEntry(): string {
  const refusals = METHODS.map((name) => `${name}() { ${refusal(`Dispatcher.${name}`)} }`);
  return [
    `import Dispatcher from '${EXPORTS.Dispatcher}';`,
    `Object.assign(Dispatcher.prototype, { ${refusals.join(', ')} });`,
    ...Object.entries(EXPORTS).map(([name, file]) => `export { default as ${name} } from '${file}';`),
  ].join('\n');
}

/**
 * What stands in the place of a file that was left out: it throws when it is called or, where undici would only load it on need, when
 * it is loaded.
 */
function leftOut(file: string): string {
  if (file.endsWith('client-h2.js')) return `module.exports = () => { ${refusal(file)} };`;
  return refusal(file);
}

function refusal(what: string): string {
  return `throw new Error(${JSON.stringify(`undici's ${what} was left out of this bundle (infra/build/plugins/trim-undici.ts), but is needed.`)});`;
}

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
  const directory = dirname(createRequire(`${root}/package.json`).resolve('undici/package.json'));
  return {
    name: 'trim-undici',
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: ENTRY }));
      build.onLoad({ filter: /.*/, namespace: ENTRY }, () => ({
        contents: toEntry(),
        resolveDir: directory,
        loader: 'js',
      }));
      build.onLoad({ filter: UNREACHED }, ({ path }) => ({
        contents: leftOut(relative(directory, path).split(sep).join('/')),
        loader: 'js',
      }));
    },
  };
}

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

import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

const NAME = 'builtin-modules';
const PREFIX = 'node:';

/**
 * Fetches Node's own modules by `process.getBuiltinModule`, and those that are imported on the first use of a member.
 *
 * An `import … from 'node:http'` reads every export of the module to fill the namespace, lazy ones too, and so loads Node's built-in
 * undici and web socket; `node:crypto` loads OpenSSL's bindings and Web Crypto. A function that may want `timingSafeEqual` one day pays
 * for none of that this way. It also spares CommonJS dependencies the detour over `createRequire`.
 * https://nodejs.org/api/process.html#processgetbuiltinmoduleid
 */
export function builtinModulesPlugin(): Plugin {
  const names = new Set(builtinModules);
  return {
    name: NAME,
    setup(build) {
      build.onResolve({ filter: /^[a-z0-9_:/]+$/ }, ({ path, kind }) => {
        const bare = path.startsWith(PREFIX) ? path.slice(PREFIX.length) : path;
        if (!names.has(bare) && !names.has(path)) return undefined;
        const id = `${PREFIX}${bare}`;
        // Loaded when it is reached, and read by name alone: `import()` is as good as it is.
        if (kind === 'dynamic-import') return { path: id, external: true };
        return { path: id, namespace: `${NAME}:${kind}`, sideEffects: false };
      });
      build.onLoad({ filter: /.*/, namespace: `${NAME}:require-call` }, ({ path }) => ({
        contents: `module.exports = ${fetching(path)};`,
      }));
      build.onLoad({ filter: /.*/, namespace: `${NAME}:import-statement` }, ({ path }) => ({
        contents: isObject(path) ? lazily(path) : `module.exports = ${fetching(path)};`,
      }));
    },
  };
}

/** A module that is a function or class itself, such as `node:events`, must be there as it is. */
function isObject(id: string): boolean {
  return typeof process.getBuiltinModule(id) === 'object';
}

/**
 * The members are found along the prototype, and the object has none of its own: for an import, esbuild looks at each property that
 * there is, and a look at one of Node's lazy properties loads what is behind it.
 */
function lazily(id: string): string {
  return `
    let real;
    const get = (_, name) => (real ??= ${fetching(id)})[name];
    module.exports = Object.create(new Proxy({}, { get }));
  `;
}

function fetching(id: string): string {
  return `process.getBuiltinModule(${JSON.stringify(id)})`;
}

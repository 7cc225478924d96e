import nodeAssert from 'node:assert';
import type { Plugin } from 'esbuild';

const NAMESPACE = 'lazy-assert';

/**
 * `node:assert` is slow to load (it brings the differ of its messages), and undici asserts everywhere while nothing ever fails. A check
 * that holds is answered here; one that does not is handed to the real module, which throws as it always does. Members of it, such as
 * `assert.strictEqual`, are fetched from the real module when they are used. A plain function and no proxy: it is called fifty times for
 * each request, and has to be inlined.
 */
const CONTENTS = `
const real = () => process.getBuiltinModule('node:assert');
const assert = (value, message) => { if (!value) real()(value, message); };
for (const name of ${JSON.stringify(Object.keys(nodeAssert))}) Object.defineProperty(assert, name, { get: () => real()[name] });
module.exports = assert;
`;

/** Must stand before the plug-in for Node's modules in general. */
export function lazyAssertPlugin(): Plugin {
  return {
    name: NAMESPACE,
    setup(build) {
      build.onResolve({ filter: /^(?:node:)?assert$/ }, ({ kind }) =>
        kind === 'dynamic-import' ? undefined : { path: 'node:assert', namespace: NAMESPACE, sideEffects: false },
      );
      build.onLoad({ filter: /.*/, namespace: NAMESPACE }, () => ({ contents: CONTENTS, loader: 'js' }));
    },
  };
}

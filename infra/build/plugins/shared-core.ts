import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const NAME = 'shared-core';
const SEEN = Symbol(NAME);

/**
 * Keeps what is loaded at the start in two files. esbuild makes a chunk for every set of files that the same entry points reach, and a
 * module that is imported on need is an entry point: a dozen small chunks, each of which a cold start finds, opens and links. Here each
 * of those modules imports the core as well. All of them then share the same files, which are one chunk.
 * @param core paths of the modules that every function loads at its start
 */
export function sharedCorePlugin(core: readonly string[]): Plugin {
  return {
    name: NAME,
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...from }) => {
        if (kind !== 'dynamic-import' || pluginData === SEEN) return undefined;
        const { importer, resolveDir } = from;
        const resolved = await build.resolve(path, { kind, importer, resolveDir, pluginData: SEEN });
        if (resolved.external || resolved.errors.length > 0 || resolved.namespace !== 'file') return resolved;
        return { path: resolved.path, namespace: NAME, pluginData: resolveDir };
      });
      build.onLoad({ filter: /.*/, namespace: NAME }, ({ path, pluginData }) => ({
        contents: [
          ...core.map(
            (module, index) => `export { ${entryOf(module)} as core${index} } from ${JSON.stringify(module)};`,
          ),
          `export * from ${JSON.stringify(path)};`,
          ...(hasDefaultExport(readFileSync(path, 'utf8')) ? [`export { default } from ${JSON.stringify(path)};`] : []),
        ].join('\n'),
        resolveDir: pluginData as string,
      }));
    },
  };
}

/**
 * What a core module exports first, which every function uses anyway. A bare import would be left out, since package.json says that no
 * module of this package has side effects.
 */
function entryOf(module: string): string {
  const [, name] = /^export (?:async )?(?:function|const|class) (\w+)/m.exec(readFileSync(module, 'utf8')) ?? [];
  if (name === undefined) throw new Error(`${module} exports nothing by name, so nothing keeps it in the core.`);
  return name;
}

/** `export *` leaves the default export out. A CommonJS module always has one: its `module.exports`. */
function hasDefaultExport(text: string): boolean {
  if (!/^\s*(?:import|export)\b/m.test(text)) return true;
  return /\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b|\bexport\s*\{[^}]*\bdefault\s*[,}]/.test(text);
}

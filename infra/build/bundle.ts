import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { compileEagerly } from './compile-eagerly.ts';
import { builtinModulesPlugin } from './plugins/builtin-modules.ts';
import { lazyAssertPlugin } from './plugins/lazy-assert.ts';
import { sharedCorePlugin } from './plugins/shared-core.ts';
import { trimOptionsPlugin } from './plugins/trim-options.ts';
import { trimUndiciPlugin } from './plugins/trim-undici.ts';

/** A file of a bundle, before it is written. */
export interface BundledFile {
  /** Absolute. */
  readonly path: string;
  readonly contents: Uint8Array;
}

export interface Bundle {
  readonly files: readonly BundledFile[];
  readonly metafile: Metafile;
}

export interface BundleOptions {
  /** Folder of package.json. */
  readonly root: string;
  /** The file whose exports become those of `handler.mjs`. */
  readonly entry: string;
  readonly outdir: string;
}

/**
 * Bundles one function: an entry file and, beside it, a chunk for each thing that is loaded on need.
 *
 * The output depends on the sources and the lockfile alone: no times, no paths of the machine; chunks are named by their content.
 */
export async function bundle({ root, entry, outdir }: BundleOptions): Promise<Bundle> {
  const core = CORE.map((file) => `${root}/${file}`);
  const built = await run({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { handler: entry },
    outdir,
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    splitting: true,
    // The rest of minifying comes when the wrappers have been found, which takes lines.
    minifyIdentifiers: true,
    minifySyntax: true,
    sourcemap: 'external',
    legalComments: 'none',
    // ES modules can be shaken, CommonJS cannot: a third of the AWS SDK.
    mainFields: ['module', 'main'],
    // undici asks whether it is being built into Node, and then leaves its second, experimental HTTP parser (150 KB) out.
    define: { esbuildDetection: 'true' },
    plugins: [
      sharedCorePlugin(core),
      lazyAssertPlugin(),
      builtinModulesPlugin(),
      trimUndiciPlugin(root),
      trimOptionsPlugin(root),
    ],
  });
  return { ...built, files: await finish(built.files) };
}

/** Marks what a start calls, and takes the white space out. A map of the result leads to the sources, as the one before it does. */
async function finish(files: readonly BundledFile[]): Promise<BundledFile[]> {
  const toText = (contents: Uint8Array): string => Buffer.from(contents).toString('utf8');
  const maps = new Map(files.map(({ path, contents }) => [path, contents]));
  const finished = files
    .filter(({ path }) => !path.endsWith('.map'))
    .map(async ({ path, contents }): Promise<BundledFile[]> => {
      if (!path.endsWith('.mjs')) return [{ path, contents }];
      const map = Buffer.from(maps.get(`${path}.map`) ?? '{}').toString('base64');
      const inlineMap = `\n//# sourceMappingURL=data:application/json;base64,${map}`;
      const minified = await transform(`${compileEagerly(toText(contents))}${inlineMap}`, {
        ...{ format: 'esm', platform: 'node', target: COMMON.target, logLevel: COMMON.logLevel },
        ...{ minify: true, sourcemap: 'external', legalComments: 'none' },
      });
      return [
        { path, contents: Buffer.from(minified.code) },
        { path: `${path}.map`, contents: Buffer.from(minified.map) },
      ];
    });
  return (await Promise.all(finished)).flat();
}

/**
 * The same with esbuild as it comes, as a measure to compare with: one file, everything in it, nothing left out.
 * @param minify `false` is esbuild's default
 */
export async function bundlePlainly({ root, entry, outdir }: BundleOptions, minify = false): Promise<Bundle> {
  return run({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { handler: entry },
    outdir,
    minify,
    // CommonJS dependencies ask for Node's modules by `require`, which an ES module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

/** What every function loads at its start, whatever it is called for. */
const CORE = ['functions/runtime/container.ts', 'functions/runtime/create-function.ts'];

const COMMON = {
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
} as const satisfies BuildOptions;

async function run(options: BuildOptions): Promise<Bundle> {
  const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true });
  return { files: outputFiles.map(({ path, contents }) => ({ path, contents })), metafile };
}

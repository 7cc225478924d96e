import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/[/\\]$/, '');

/** Bundles a text with plug-ins, and gives back what comes out. `resolveDir` is where its imports start from. */
export async function bundleText(text: string, plugins: Plugin[], resolveDir = ROOT): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outdir: 'out',
    write: false,
    logLevel: 'silent',
    plugins,
  });
  return outputFiles.find(({ path }) => path.endsWith('.js'))?.text ?? '';
}

/** Runs a bundled text as the module that it is. */
export function run(text: string): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`);
}

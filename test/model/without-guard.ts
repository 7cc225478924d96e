import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Guard } from './guards.ts';
import type { Scenario } from './scenarios.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Scenarios {
  readonly SCENARIOS: Readonly<Record<string, Scenario>>;
  readonly DEEPER: Readonly<Record<string, Scenario>>;
}

/** The scenarios over code from which a guard was taken. */
export async function loadWithout(guard: Guard, index: number): Promise<Scenarios> {
  const text = await readFile(`${ROOT}${guard.file}`, 'utf8');
  if (text.split(guard.from).length !== 2) throw new Error(`Not exactly once in ${guard.file}: ${guard.from}`);
  // Below node_modules, where packages are found and nobody looks for sources.
  const outfile = `${ROOT}node_modules/.cache/model/without-${index}-${process.pid}.mjs`;
  await build({
    entryPoints: [`${ROOT}test/model/scenarios.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
    plugins: [
      {
        name: 'without-guard',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) =>
            path === `${ROOT}${guard.file}`
              ? { contents: text.replace(guard.from, () => guard.to), loader: 'ts' }
              : undefined,
          );
        },
      },
    ],
  });
  return (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as Scenarios;
}

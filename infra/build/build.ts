import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundle } from './bundle.ts';
import { FUNCTION_NAMES } from './function-names.ts';
import { measureBundle } from './measure-bundle.ts';
import { toThirdPartyNotices } from './third-party-notices.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** Beside the licences of what is bundled, as they ask for. */
const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/**
 * Bundles each function into `dist/<name>/`, ready to be zipped. The source maps go to `dist/source-maps/<name>/`: they are for whoever
 * reads a stack trace, and are not deployed.
 */
export async function buildFunctions(): Promise<void> {
  for (const name of FUNCTION_NAMES) {
    const outdir = `${root}/dist/${name}`;
    const built = await bundle({ root, entry: `${root}/functions/${name}/handler.ts`, outdir });
    await writeFiles(outdir, {
      ...toContents(built, (path) => !path.endsWith('.map')),
      [NOTICES]: Buffer.from(toThirdPartyNotices(root, built.metafile)),
    });
    await writeFiles(
      `${root}/dist/source-maps/${name}`,
      toContents(built, (path) => path.endsWith('.map')),
    );
  }
}

function toContents({ files }: Bundle, isWanted: (path: string) => boolean): Record<string, Uint8Array> {
  return Object.fromEntries(
    files.filter(({ path }) => isWanted(path)).map(({ path, contents }) => [basename(path), contents]),
  );
}

/** Writes, and then removes what an earlier build left: a folder that is in use is never empty in between. */
async function writeFiles(directory: string, files: Record<string, Uint8Array>): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, contents] of Object.entries(files)) await writeFile(`${directory}/${name}`, contents);
  for (const name of await readdir(directory)) {
    if (!(name in files)) await rm(`${directory}/${name}`, { recursive: true });
  }
}

/** A line about the size of each function that `dist/` holds. */
export function describeBundles(): string[] {
  return FUNCTION_NAMES.map((name) => {
    const { entryZipBytes, zipBytes } = measureBundle(`${root}/dist/${name}`);
    return `built dist/${name}: ${toKb(entryZipBytes)} KB zipped are loaded at the start, ${toKb(zipBytes)} KB in all`;
  });
}

function toKb(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

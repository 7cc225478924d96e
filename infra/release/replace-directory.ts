import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Puts a directory with these files into the place of one that may be there. It is written beside, and moved when it is whole: where that
 * fails, the old one stays as it was.
 * @param files content by name
 */
export async function replaceDirectory(
  directory: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(partial, name), content);
    await rm(directory, { recursive: true, force: true });
    await rename(partial, directory);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

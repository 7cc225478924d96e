import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';

/**
 * Does work that fills a directory anew. Where it fails, what was there before is there again: a refused run must not take away a package
 * that somebody may be about to deploy.
 * @throws what the work throws
 */
export async function keepPrevious<T>(directory: string, work: () => Promise<T>): Promise<T> {
  const aside = `${directory}.previous`;
  // A run that was ended outright has left half a package, and the last whole one beside it.
  if (existsSync(aside)) await replace(directory, aside);
  const hadOne = existsSync(directory);
  if (hadOne) await rename(directory, aside);
  try {
    const result = await work();
    await remove(aside);
    return result;
  } catch (error) {
    if (hadOne) await replace(directory, aside);
    else await remove(directory);
    throw error;
  }
}

async function replace(directory: string, by: string): Promise<void> {
  await remove(directory);
  await rename(by, directory);
}

function remove(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true });
}

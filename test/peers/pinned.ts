import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A version as the project's file for that ecosystem pins it. */
export function pinned(file: string, pattern: RegExp): string {
  const version = pattern.exec(readFileSync(join(import.meta.dirname, file), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`test/peers/${file} pins no version`);
  return version;
}

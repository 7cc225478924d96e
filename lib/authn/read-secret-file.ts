import { readFile } from 'node:fs/promises';
import { Secret } from '../secret.ts';

/** Reads a text file that holds a secret, without the line break at its end. @throws where there is none */
export async function readSecretFile(path: string): Promise<Secret> {
  return Secret.of((await readFile(path, 'utf8')).trim());
}

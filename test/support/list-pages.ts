import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OUT = new Set(['node_modules', 'dist', '.local', '.serverless', '.git']);

/** Paths of all pages of the project from its root. */
export function listPages(): string[] {
  return [
    ...globSync(['*.md', 'docs/**/*.md', 'infra/**/*.md', '.github/**/*.md'], {
      cwd: ROOT,
      exclude: (name) => LEFT_OUT.has(name),
    }),
  ].sort();
}

import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/**
 * Leaves out what the tables of options say to people: it is for docs/settings.md alone, and would be some kilobytes that each cold start
 * reads.
 */
export function trimOptionsPlugin(root: string): Plugin {
  return {
    name: 'trim-options',
    setup(build) {
      const tables = ['lib/options.ts', 'functions/runtime/options.ts'].map((file) => `${root}/${file}`);
      build.onLoad({ filter: /[\\/]options\.ts$/ }, ({ path }) =>
        tables.includes(path) ? { contents: withoutMeanings(readFileSync(path, 'utf8')), loader: 'ts' } : undefined,
      );
    },
  };
}

const MEANING = /^( +meaning:)\s+(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`),$/gm;

/** @throws Error where a meaning is written in a way that this does not find */
export function withoutMeanings(source: string): string {
  const trimmed = source.replace(MEANING, "$1 '',");
  const left = trimmed.match(/^ +meaning:(?! '',$)/gm) ?? [];
  if (left.length > 0) throw new Error(`${left.length} meanings in a table of options are no plain text.`);
  return trimmed;
}

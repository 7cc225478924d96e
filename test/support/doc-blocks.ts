import { readFileSync } from 'node:fs';

/** A fenced block of a Markdown file. */
export interface DocBlock {
  /** Path from the project's root. */
  readonly file: string;
  /** Line of the opening fence. */
  readonly line: number;
  readonly language: string;
  /** What stands after the language: `no-test: why`, `needs: command`. */
  readonly note: string;
  readonly text: string;
}

const FENCE = /^( *)```(\S*) ?(.*)\n([\s\S]*?)^\1```$/gm;

/** Every fenced block of a file, in order. */
export function readDocBlocks(file: string): DocBlock[] {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  return [...text.matchAll(FENCE)].map((match) => {
    const [, indent = '', language = '', note = '', body = ''] = match;
    const line = text.slice(0, match.index).split('\n').length;
    return { file, line, language, note, text: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
  });
}

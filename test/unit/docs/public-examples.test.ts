import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What an editor shows when somebody types the name of a package's export, by its name: the comment, or nothing. */
function commentsOf(entry: string): Map<string, string> {
  const comments = new Map<string, string>();
  for (const [, names = '', from = ''] of read(entry).matchAll(/^export \{([^}]*)\} from '([^']+)';/gm)) {
    const source = read(join(dirname(entry), from));
    for (const name of names
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '' && !part.startsWith('type '))) {
      const declaration = new RegExp(`${COMMENT}export (?:async )?(function|class|const|let) ${name}\\b`).exec(source);
      if (declaration === null) throw new Error(`${entry}: where is ${name}?`);
      const [, comment = '', kind] = declaration;
      // A table of constants is read, and not called.
      if (kind === 'const') continue;
      comments.set(name, comment);
      if (kind === 'class')
        for (const [member, text] of membersOf(source, `export class ${name}`)) comments.set(`${name}.${member}`, text);
    }
  }
  return comments;
}

const COMMENT = '(?:(/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/)\\s*)?';

/** The methods of an interface or a class, each with its comment. */
function membersOf(source: string, start: string): Map<string, string> {
  const from = source.indexOf(start);
  if (from === -1) throw new Error(`There is no "${start}".`);
  const body = source.slice(from, source.indexOf('\n}\n', from));
  const members = new Map<string, string>();
  for (const [, comment = '', name = ''] of body.matchAll(
    new RegExp(`${COMMENT}^  (?:static |get )?(\\w+)(?:<[^(]*>)?\\(`, 'gm'),
  ))
    if (!NOT_CALLED.has(name)) members.set(name, comment);
  return members;
}

/** Called by the language, and by nobody who reads the documentation. */
const NOT_CALLED = new Set(['constructor', 'toString', 'toJSON', 'static']);

const PUBLIC: readonly [string, ReadonlyMap<string, string>][] = [
  ['conjur-functions', commentsOf('lib/index.ts')],
  ['ConjurClient', membersOf(read('lib/conjur-client.ts'), 'export interface ConjurClient')],
  ['conjur-functions/invoke', commentsOf('functions/client/index.ts')],
  ['SecretsClient', membersOf(read('functions/client/calls.ts'), 'export interface SecretsClient')],
  ['conjur-local', commentsOf('infra/local/conjur/index.ts')],
  ['LocalConjur', membersOf(read('infra/local/conjur/create-local-conjur.ts'), 'export interface LocalConjur ')],
];

describe.each(PUBLIC)('%s', (_, comments) => {
  it('has functions', () => {
    expect(comments.size).toBeGreaterThan(0);
  });

  it.each([...comments])('%s has an example where an editor shows it', (name, comment) => {
    const [, example = ''] = /@example\n([\s\S]*?)(?:\n \*\/|\n\s*\* @|\*\/)/.exec(comment) ?? [];
    expect(example.trim(), comment).not.toBe('');
    const called = name.split('.').at(-1) ?? name;
    expect(example).toMatch(new RegExp(`\\b${called}\\b`));
  });
});

it('finds all methods of the clients', () => {
  const sizes = Object.fromEntries(PUBLIC.map(([name, comments]) => [name, comments.size]));
  expect(sizes).toMatchObject({ ConjurClient: 20, SecretsClient: 9 });
});

import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { OPTIONS } from '../../../lib/options.ts';

const lib = fileURLToPath(new URL('../../../lib/', import.meta.url));
const files = globSync('**/*.ts', { cwd: lib });
const textOf = (file: string): string => readFileSync(`${lib}${file}`, 'utf8');

it('lib is a Conjur client: no word of those who use it, comments included', () => {
  expect(files.length).toBeGreaterThan(40);
  const found = files.flatMap((file) => {
    // A self-hosted Conjur is an edition of Conjur; what must not be here are keys that are hosted.
    const words = textOf(file).match(/litellm|lambda|(?<!self-)hosted|virtual key/gi) ?? [];
    return words.map((word) => `${file}: ${word}`);
  });
  expect(found).toEqual([]);
});

it('a message of lib names an option as its caller does: no variable stands in the text of another file than the table', () => {
  const variables = Object.values(OPTIONS).flatMap(({ env }) =>
    env.filter((name) => /^(?:CYBERARK|CONJUR)_/.test(name)),
  );
  const found = files
    .filter((file) => file !== 'options.ts')
    .flatMap((file) => {
      // Comments may give an example.
      const code = textOf(file).replace(/\/\*[\s\S]*?\*\//g, '');
      return variables.filter((variable) => code.includes(variable)).map((variable) => `${file}: ${variable}`);
    });
  expect(found).toEqual([]);
});

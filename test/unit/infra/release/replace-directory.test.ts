import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { replaceDirectory } from '../../../../infra/release/replace-directory.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'conjur-functions-replace-'));
  onTestFinished(() => rmSync(parent, { recursive: true }));
});

const listFiles = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(parent, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => [
        join(parentPath, name).slice(parent.length),
        readFileSync(join(parentPath, name), 'utf8'),
      ]),
  );

it('a directory is replaced as a whole, and made where there was none', async () => {
  const directory = join(parent, 'dist', 'release');
  await replaceDirectory(directory, { a: 'old', b: Buffer.from('old') });
  await replaceDirectory(directory, { b: 'new' });
  expect(listFiles()).toEqual({ '/dist/release/b': 'new' });
});

it('what fails halfway leaves the old one as it was, and nothing beside it', async () => {
  const directory = join(parent, 'release');
  await replaceDirectory(directory, { a: 'old' });
  await expect(replaceDirectory(directory, { a: 'new', 'no/such/folder': 'new' })).rejects.toThrow('ENOENT');
  expect(listFiles()).toEqual({ '/release/a': 'old' });
  expect(readdirSync(parent)).toEqual(['release']);
});

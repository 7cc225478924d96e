import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explainRefusals } from '../../../../infra/deploy/explain-refusals.ts';
import { keepPrevious } from '../../../../infra/deploy/keep-previous.ts';

let folder: string;
let directory: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-'));
  directory = join(folder, 'package');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(text: string, at = directory): Promise<void> {
  await mkdir(at, { recursive: true });
  await writeFile(join(at, 'template.json'), text);
}

const read = (): Promise<string | undefined> =>
  readFile(join(directory, 'template.json'), 'utf8').catch(() => undefined);

async function refuse(): Promise<void> {
  await fill('half of a new one');
  throw new Error('refused');
}

describe('A refused run keeps the previous package', () => {
  it('as it was', async () => {
    await fill('good');
    await expect(keepPrevious(directory, refuse)).rejects.toThrow('refused');
    expect(await read()).toBe('good');
  });

  it('and leaves nothing where there was none', async () => {
    await expect(keepPrevious(directory, refuse)).rejects.toThrow('refused');
    expect(await read()).toBeUndefined();
  });

  it('also after a run that was ended outright', async () => {
    await fill('good', `${directory}.previous`);
    await fill('half of a new one');
    await expect(keepPrevious(directory, refuse)).rejects.toThrow('refused');
    expect(await read()).toBe('good');
  });

  it('and one that succeeds replaces it', async () => {
    await fill('good');
    await keepPrevious(directory, () => fill('better'));
    expect(await read()).toBe('better');
    await expect(keepPrevious(directory, refuse)).rejects.toThrow('refused');
    expect(await read()).toBe('better');
  });
});

describe('One message, not nine', () => {
  it('is what is left of a refusal that every place repeats which asks for the parameter', () => {
    const line = (place: string, message: string): string =>
      `  - Cannot resolve variable at "${place}": Cannot resolve "x" out of "resolve.js": Received rejection: ${message}`;
    const output = [
      'Cannot resolve serverless.yml: Variables resolution errored with:',
      `${line('provider.httpApi', 'The parameter authorizer must be iam, jwt or lambda.')},`,
      `${line('functions.a.events', 'The parameter authorizer must be iam, jwt or lambda.')},`,
      line('resources.3', 'The parameter credential_layout must be per-function or shared.'),
    ].join('\n');
    expect(explainRefusals(output)).toEqual([
      'The parameter authorizer must be iam, jwt or lambda.',
      'The parameter credential_layout must be per-function or shared.',
    ]);
    expect(explainRefusals('Error: ENOSPC')).toEqual([]);
  });
});

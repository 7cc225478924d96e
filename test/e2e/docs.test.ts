import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDirect as parseRotation } from '../../functions/rotate-key/api.ts';
import { parseDirect as parseWrite } from '../../functions/write-secret/api.ts';
import { parseRotations } from '../../infra/stack/rotation-schedules.ts';
import { type DocBlock, readDocBlocks } from '../support/doc-blocks.ts';
import { listPages } from '../support/list-pages.ts';
import { startTarget, type Target } from './start-target.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The local Conjur is a package of its own, with a test of its own. */
const BLOCKS = listPages()
  .filter((page) => !page.startsWith('infra/'))
  .flatMap(readDocBlocks);
const isRun = ({ language, note }: DocBlock): boolean => language === 'sh' && !note.startsWith('no-test');
const run = promisify(execFile);

describe.runIf(process.env.E2E_BASE === undefined)('the commands of the documentation', () => {
  let target: Target;

  beforeAll(async () => {
    target = await startTarget();
  }, 120_000);

  afterAll(async () => {
    await target?.close();
  });

  /** The documentation names the usual ports and keys; the stack of the test has others. */
  function here(text: string): string {
    const urls: Readonly<Record<string, string>> = {
      3000: target.apiUrl,
      3002: target.lambdaUrl,
      8080: target.conjurUrl,
      4584: target.secretsManagerUrl ?? '',
      4000: target.litellmUrl ?? '',
    };
    // In one pass: the ports of the test may begin like those of the documentation.
    return text
      .replace(/http:\/\/127\.0\.0\.1:(3000|3002|8080|4584|4000)\b/g, (_, port: string) => urls[port] ?? '')
      .replaceAll('my-admin-key', target.adminApiKey)
      .replaceAll('Bearer sk-local', 'Bearer sk-local-master-key');
  }

  const files = [...new Set(BLOCKS.filter(isRun).map(({ file }) => file))];

  it.each(files)(
    'work as they stand in %s, one after the other',
    async (file) => {
      const blocks: DocBlock[] = [];
      for (const block of BLOCKS.filter((candidate) => candidate.file === file && isRun(candidate))) {
        const missing = await missingCommand(block);
        if (missing === undefined) blocks.push(block);
        else console.warn(`NOT RUN: ${file}:${block.line} needs ${missing}, which is not on this machine.`);
      }
      // --fail: an answer of 400 or above is a failure of the command.
      const script = [
        'set -euo pipefail',
        'curl() { command curl --fail "$@"; }',
        ...blocks.map(({ text }) => here(text)),
      ].join('\n');
      const environment = { ...process.env, ADMIN_API_KEY: target.adminApiKey };
      const { stdout } = await run('bash', ['-c', script], { cwd: ROOT, env: environment, timeout: 170_000 });
      expect(stdout).not.toContain('"code":');
    },
    180_000,
  );
});

/** Typed examples have tests of their own: what npm packs, and the typed client. */
const TRIED_ELSEWHERE = ['docs/client.md', 'docs/authenticators.md', 'docs/client-admin.md', 'docs/invoke.md'];

describe('each page of docs/', () => {
  const pages = listPages().filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');

  it.each(pages)('%s begins with an example that is run as it stands, and has under 200 lines', (page) => {
    const [first] = BLOCKS.filter(({ file }) => file === page);
    expect(first).toBeDefined();
    if (TRIED_ELSEWHERE.includes(page)) expect(first?.language).toBe('ts');
    else expect(first).toSatisfy(isRun);
    expect(readFileSync(`${ROOT}${page}`, 'utf8').split('\n').length).toBeLessThan(201);
  });

  it('and the README too has under 200 lines', () => {
    expect(readFileSync(`${ROOT}README.md`, 'utf8').split('\n').length).toBeLessThan(201);
  });
});

it('has a reason wherever a command is not run', () => {
  const excused = BLOCKS.filter(
    ({ language, note }) =>
      /^(?:sh|bash|shell)$/.test(language) && note !== '' && !/^(?:no-test: \S.{10,}|needs: \S+)$/.test(note),
  );
  expect(excused).toEqual([]);
  // A block without a language is text: a command in it would never be run.
  const hidden = BLOCKS.filter(
    ({ language, text }) => ['', 'text', 'bash', 'shell', 'console'].includes(language) && /^(?:curl|aws) /m.test(text),
  );
  expect(hidden).toEqual([]);
});

describe('the examples of the documentation', () => {
  const json = BLOCKS.filter(({ language }) => language === 'json').map((block) => ({
    ...block,
    value: JSON.parse(block.text) as object,
  }));

  it('name calls that rotate-key takes', () => {
    const calls = json.filter(({ value }) => 'strategy' in value && !('rotated_at' in value));
    expect(calls.length).toBeGreaterThan(3);
    for (const { value } of calls) expect(() => parseRotation(value)).not.toThrow();
  });

  it('name calls that write-secret takes', () => {
    const calls = json.filter(({ value }) => 'virtual_key' in value);
    expect(calls.length).toBeGreaterThan(0);
    for (const { value } of calls) expect(() => parseWrite(value)).not.toThrow();
  });

  it('name rotations that serverless.yml takes', () => {
    const configured = BLOCKS.filter(({ language, text }) => language === 'yaml' && text.includes('rotations:')).map(
      ({ text }) => (parse(text) as { custom: { rotations: unknown } }).custom.rotations,
    );
    expect(configured.length).toBeGreaterThan(0);
    for (const rotations of configured) expect(parseRotations(rotations).length).toBeGreaterThan(0);
  });
});

/** The command that a block says it needs and that this machine lacks. */
async function missingCommand({ note }: DocBlock): Promise<string | undefined> {
  const command = /^needs: (\S+)$/.exec(note)?.[1];
  if (command === undefined) return undefined;
  return run('bash', ['-c', `command -v ${command}`]).then(
    () => undefined,
    () => command,
  );
}

import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunResult, runNode } from '../../../support/run-node.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'conjur-functions-cost-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]): Promise<RunResult> {
  return runNode(['infra/cost/main.ts', ...args], { cwd: root });
}

describe('npm run cost', () => {
  it('has written docs/cost.md as it would today (npm run cost -- --docs docs/cost.md)', async () => {
    const page = join(folder, 'cost.md');
    await copyFile(join(root, 'docs/cost.md'), page);
    const { status, stderr } = await run('--docs', page);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    expect(await readFile(page, 'utf8')).toBe(await readFile(join(root, 'docs/cost.md'), 'utf8'));
  }, 120_000);

  it("counts the stack's own parameters, and takes other prices", async () => {
    const prices = join(folder, 'prices.json');
    await writeFile(prices, '{"region":"eu-central-1","date":"2026-12-01","prices":{"lambdaRequests":0.4}}');
    const own = ['--param=CYBERARK_AUTHN=iam', '--param=heartbeat=off', `--prices=${prices}`];
    const { status, stdout, stderr } = await run('--json', '--reads', '2M', ...own);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const { stack, direct, prices: used } = JSON.parse(stdout);
    expect(stack.facts).toMatchObject({ secrets: 0, kmsKeys: 0, heartbeats: 0, keyAges: 0 });
    expect(used.region).toBe('eu-central-1');
    expect(direct.items).toContainEqual(expect.objectContaining({ item: 'Lambda, requests', usd: 0.8 }));
  }, 120_000);

  it('says in one line what is wrong with a file of prices, or with a number', async () => {
    const prices = join(folder, 'wrong.json');
    await writeFile(prices, '{"prices":{"lambda":1}}');
    for (const [args, said] of [
      [['--prices', prices], '"lambda" is not priced'],
      [['--reads', 'many'], '--reads takes'],
    ] as const) {
      const { status, stdout, stderr } = await run(...args);
      expect({ status, stdout, lines: stderr.trim().split('\n') }).toEqual({
        ...{ status: 2, stdout: '' },
        lines: [expect.stringContaining(said)],
      });
    }
  });
});

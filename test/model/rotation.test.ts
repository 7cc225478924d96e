import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { GUARDS } from './guards.ts';
import { report, runScenarios } from './run-scenarios.ts';
import { DEEPER, SCENARIOS } from './scenarios.ts';

const ROOT = new URL('../../', import.meta.url);

afterAll(report);

runScenarios(SCENARIOS);

it('what the long run takes out of the code stands there', async () => {
  for (const { name, file, from, scenario } of GUARDS) {
    const text = await readFile(new URL(file, ROOT), 'utf8');
    expect(text.split(from), `${name}: ${from}`).toHaveLength(2);
    expect(Object.keys({ ...SCENARIOS, ...DEEPER })).toContain(scenario);
  }
});

it('a schedule that breaks a rule is found, and told step by step', async () => {
  const add = async (port: Parameters<Parameters<typeof explore>[0]['actors'][number]['run']>[0]) => {
    const read = (await port({ service: 'counter', name: 'read', input: {} })) as { value: number };
    await port({ service: 'counter', name: 'write', input: read.value + 1 });
  };
  const found = explore<number>({
    initial: 0,
    actors: [
      { name: 'a', run: add },
      { name: 'b', run: add },
    ],
    apply: (counter, { name, input }) =>
      name === 'read' ? { world: counter, answer: counter } : { world: input as number, answer: 'written' },
    check: () => undefined,
    checkEnd(counter) {
      if (counter !== 2) throw new Error(`The counter is at ${counter}.`);
    },
  });
  await expect(found).rejects.toThrow(
    'The counter is at 1.\nat: the end\n1. a#0: read {} -> 0\n2. b#0: read {} -> 0\n3. a#0: write 1 -> "written"\n4. b#0: write 1',
  );
});

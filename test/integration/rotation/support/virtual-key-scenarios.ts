import { expect } from 'vitest';
import type { Cell, Scenario } from './scenario.ts';
import { read } from './variable-scenarios.ts';
import type { World } from './world.ts';

export const virtualKeyScenario: Scenario = {
  name: 'litellm-virtual-key',
  async prepare(world, names) {
    await createVirtualKeys(world, names);
    return names.map((name) => {
      const variable = `keys/${name}`;
      return {
        attempt: (process) => process.invoke({ name: variable, strategy: 'litellm-virtual-key' }),
        async checkAfterFirst() {
          expect(await findStoredCurrent(world, variable), 'the live key stands in a store').toBeDefined();
          expect(await works(world, toFirstKey(name)), 'the key that consumers hold works').toBe(true);
          expect(await works(world, await read(world, variable)), 'the key that consumers read works').toBe(true);
        },
        async checkAfterSecond() {
          const key = await read(world, variable);
          expect(key).not.toBe(toFirstKey(name));
          expect(await isCurrent(world, key), 'the key that consumers read is the one on record').toBe(true);
          expect(await works(world, key)).toBe(true);
        },
      } satisfies Cell;
    });
  },
};

/** Virtual keys at LiteLLM, each in a variable below the branch. */
export async function createVirtualKeys(world: World, names: readonly string[], branch = 'keys'): Promise<void> {
  const variables = names.map((name) => `\n  - !variable ${name}\n  - !variable ${name}.pending`).join('');
  await world.admin.loadPolicy('root', `- !policy\n  id: ${branch}\n  body:${variables}\n`);
  for (const name of names) {
    const { status } = await world.litellm('POST', '/key/generate', { key: toFirstKey(name), key_alias: name });
    expect(status).toBe(200);
    await world.admin.writeSecret(`${branch}/${name}`, toFirstKey(name), { reportVersion: false });
  }
}

export function toFirstKey(name: string): string {
  return `sk-first-key-of-${name}`;
}

/** Whether LiteLLM lets the key in. */
export async function works(world: World, key: string | undefined): Promise<boolean> {
  return key !== undefined && (await world.litellm('GET', '/key/info', undefined, key)).status === 200;
}

/** Whether LiteLLM has the key on record: one in its grace period it has not. */
export async function isCurrent(world: World, key: string | undefined): Promise<boolean> {
  return key !== undefined && (await world.litellm('GET', `/key/info?key=${encodeURIComponent(key)}`)).status === 200;
}

/** The key on record, in the variable or in any version of the pending one. */
export async function findStoredCurrent(world: World, variable: string): Promise<string | undefined> {
  const pending = `${variable}.pending`;
  const latest = (await world.admin.showVariable(pending))?.version ?? 0;
  const versions = Array.from({ length: Math.min(latest, 20) }, (_, index) => latest - index);
  const staged = versions.map(async (version) => (await world.admin.readSecret(pending, { version })).value.expose());
  for (const key of [await read(world, variable), ...(await Promise.all(staged))]) {
    if (await isCurrent(world, key)) return key;
  }
  return undefined;
}

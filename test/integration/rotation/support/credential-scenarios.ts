import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import {
  createPairs,
  createSingles,
  logsIn,
  readCredential,
  rotateByFourSteps,
  type Stage,
  versionWith,
} from './credentials.ts';
import type { RotateKeyProcess } from './process.ts';
import type { Cell, Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** How the rotation is begun: by one direct call, or by Secrets Manager, which calls the four steps. */
export type Way = 'a direct call' | 'the four steps';

/** Two hosts that take turns: whatever happens, the key in use works. */
export function pairScenario(way: Way): Scenario {
  return {
    name: `conjur-api-key, a pair of hosts, by ${way}`,
    async prepare(world, names) {
      await createPairs(world, names);
      const works = async (name: string, stage: Stage) => logsIn(world, await readCredential(world, name, stage));
      return names.map((name) => {
        const before = versionWith(world, name, 'AWSCURRENT');
        return {
          attempt: toAttempt(world, name, way),
          async checkAfterFirst() {
            expect(await works(name, 'AWSCURRENT'), 'the key in use works').toBe(true);
          },
          async checkAfterSecond() {
            expect(await versionWith(world, name, 'AWSCURRENT')).not.toBe(await before);
            expect(await works(name, 'AWSCURRENT'), 'the new key works').toBe(true);
            expect(await works(name, 'AWSPREVIOUS'), 'the key that warm readers hold works').toBe(true);
            await checkNothingPending(world, name);
          },
        } satisfies Cell;
      });
    },
  };
}

/** One host, which another identity rotates: readers may have to wait for the second try, and then all is well. */
export function singleScenario(way: Way): Scenario {
  return {
    name: `conjur-api-key, a single host, by ${way}`,
    async prepare(world, names) {
      await createSingles(world, names);
      return names.map((name) => {
        const before = versionWith(world, name, 'AWSCURRENT');
        return {
          attempt: toAttempt(world, name, way),
          async checkAfterSecond() {
            expect(await versionWith(world, name, 'AWSCURRENT')).not.toBe(await before);
            expect(await logsIn(world, await readCredential(world, name, 'AWSCURRENT')), 'the new key works').toBe(
              true,
            );
            await checkNothingPending(world, name);
          },
        } satisfies Cell;
      });
    },
  };
}

function toAttempt(world: World, name: string, way: Way): (process: RotateKeyProcess) => Promise<unknown> {
  if (way === 'a direct call') return (process) => process.invoke({ strategy: 'conjur-api-key', secret_id: name });
  const token = randomUUID();
  return async (process) => {
    world.setRotationFunction((event) => process.invoke(event));
    await rotateByFourSteps(world, name, token);
  };
}

/** A label that was left over would make the next RotateSecret fail. */
async function checkNothingPending(world: World, name: string): Promise<void> {
  const pending = await versionWith(world, name, 'AWSPENDING');
  expect([undefined, await versionWith(world, name, 'AWSCURRENT')]).toContain(pending);
}

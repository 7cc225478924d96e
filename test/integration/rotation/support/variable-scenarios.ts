import { expect } from 'vitest';
import { isConjurError } from '../../../../lib/errors.ts';
import type { Cell, Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** A new value that our side draws; `exists` says whether the variable is there before. */
export function randomScenario(exists: boolean): Scenario {
  return {
    name: `random, ${exists ? 'of a variable that exists' : 'of a variable that is not there yet'}`,
    async prepare(world, names) {
      if (exists) await createVariables(world, 'random', names);
      return names.map((name) => {
        const variable = exists ? `random/${name}` : name;
        let answered: string | undefined;
        return {
          async attempt(process) {
            const answer = await process.invoke({ name: variable, strategy: 'random', prefix: 'new-' });
            if (answer.kind === 'rotation') answered = answer.value?.expose();
          },
          async checkAfterSecond() {
            expect(await read(world, variable)).toBe(answered);
            expect(answered).toMatch(/^new-\w{32}$/);
          },
        } satisfies Cell;
      });
    },
  };
}

export const suppliedScenario: Scenario = {
  name: 'supplied',
  async prepare(world, names) {
    await createVariables(world, 'supplied', names);
    return names.map((name) => {
      const variable = `supplied/${name}`;
      return {
        attempt: (process) => process.invoke({ name: variable, strategy: 'supplied', new_value: 'brought' }),
        async checkAfterFirst() {
          expect(await read(world, variable)).toMatch(/^(?:old|brought)$/);
        },
        async checkAfterSecond() {
          expect(await read(world, variable)).toBe('brought');
        },
      } satisfies Cell;
    });
  },
};

/** The secret gets another name; the old one is deleted, or stays. */
export function renameScenario(deletes: boolean): Scenario {
  return {
    name: `supplied with a new name, the old one ${deletes ? 'deleted' : 'reported'}`,
    environment: { CYBERARK_ALLOW_DELETE: String(deletes) },
    async prepare(world, names) {
      const branch = deletes ? 'deleted' : 'reported';
      await createVariables(world, branch, names);
      return names.map((name) => {
        const variable = `${branch}/${name}`;
        const renamed = `${variable}-renamed`;
        return {
          attempt: (process) =>
            process.invoke({ name: variable, strategy: 'supplied', new_value: 'brought', new_name: renamed }),
          async checkAfterFirst() {
            expect([await read(world, variable), await read(world, renamed)]).toSatisfy(
              ([old, brought]: string[]) => old === 'old' || brought === 'brought',
            );
          },
          async checkAfterSecond() {
            expect(await read(world, renamed)).toBe('brought');
            expect(await read(world, variable)).toBe(deletes ? undefined : 'old');
          },
        } satisfies Cell;
      });
    },
  };
}

/** In one policy load, each with the value `old`. */
export async function createVariables(world: World, branch: string, names: readonly string[]): Promise<void> {
  const variables = names.map((name) => `\n  - !variable ${name}`).join('');
  await world.admin.loadPolicy('root', `- !policy\n  id: ${branch}\n  body:${variables}\n`);
  for (const name of names) await world.admin.writeSecret(`${branch}/${name}`, 'old', { reportVersion: false });
}

/** Undefined where there is no value. */
export async function read(world: World, variable: string): Promise<string | undefined> {
  try {
    return (await world.admin.readSecret(variable)).value.expose();
  } catch (error) {
    if (isConjurError(error, 'secret_not_found')) return undefined;
    throw error;
  }
}

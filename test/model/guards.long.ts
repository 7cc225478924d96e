import { expect, it } from 'vitest';
import { GUARDS } from './guards.ts';
import { loadWithout } from './without-guard.ts';

it.each(GUARDS.map((guard, index) => [guard.name, guard, index] as const))(
  'the model notices where this is missing: %s',
  async (_, guard, index) => {
    const { SCENARIOS, DEEPER } = await loadWithout(guard, index);
    await expect({ ...SCENARIOS, ...DEEPER }[guard.scenario]?.()).rejects.toThrow(guard.violation);
  },
);

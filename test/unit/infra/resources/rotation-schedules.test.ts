import { describe, expect, it } from 'vitest';
import { parseRotations } from '../../../../infra/resources/rotation-schedules.ts';

const entry = { name: 'app/db/password', strategy: 'random', rate: 'rate(30 days)' };

describe('custom.rotations', () => {
  it('gives each entry its schedule, and the rest of it to rotate-key', () => {
    expect(parseRotations([{ ...entry, length: 40, timezone: 'Europe/Berlin' }])).toEqual([
      {
        rate: 'rate(30 days)',
        enabled: true,
        timezone: 'Europe/Berlin',
        input: { name: 'app/db/password', strategy: 'random', length: 40 },
      },
    ]);
  });

  it('may be empty or absent', () => {
    expect(parseRotations([])).toEqual([]);
    expect(parseRotations(undefined)).toEqual([]);
  });

  it.each([
    [{ ...entry, rate: 'monthly' }, 'custom.rotations[0].rate must be an expression'],
    [{ ...entry, strategy: 'rnadom' }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, lenght: 40 }, 'custom.rotations[0] is not a call that rotate-key takes'],
    [{ ...entry, enabled: 'yes' }, 'custom.rotations[0].enabled must be true or false'],
    [{ ...entry, strategy: 'supplied', new_value: 'canary' }, 'a secret must not stand in a schedule'],
    ['app/db/password', 'custom.rotations[0] must be a block'],
  ])('refuses %j', (wrong, message) => {
    expect(() => parseRotations([wrong])).toThrow(message);
  });
});

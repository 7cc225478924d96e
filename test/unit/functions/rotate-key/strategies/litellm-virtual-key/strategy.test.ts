import { expect, it } from 'vitest';
import { litellmVirtualKey } from '../../../../../../functions/rotate-key/strategies/litellm-virtual-key/strategy.ts';
import { Deadline } from '../../../../../../lib/clock.ts';
import type { Secret } from '../../../../../../lib/secret.ts';
import { FakeClock } from '../../../../lib/fake-clock.ts';
import { FakeVariables } from '../../fake-variables.ts';

const deadline = new Deadline(new FakeClock(), 10_000);
const CALL = { strategy: 'litellm-virtual-key', name: 'app/key' };

it('a virtual key is staged beside the variable that holds it', () => {
  expect(litellmVirtualKey.parse({ ...CALL, return_value: true })).toMatchObject({
    strategy: 'litellm-virtual-key',
    affectedVariables: ['app/key'],
    stagingVariables: ['app/key.pending'],
    rights: ['rotate', 'read'],
  });
});

it.each([
  ['a day, where the call says nothing', {}, { gracePeriod: '24h', duration: undefined }],
  ['as long as the call says', { grace_period: '1h', duration: '30d' }, { gracePeriod: '1h', duration: '30d' }],
  ['not at all, where that is no time', { grace_period: '0s' }, { gracePeriod: undefined }],
])('the old key works %s', async (_, more, expected) => {
  const asked: unknown[] = [];
  let onRecord = 'sk-old';
  const litellm = {
    isCurrent: async (key: Secret) => key.expose() === onRecord,
    isAccepted: async () => true,
    regenerate: async (regeneration: { newKey: Secret }) => {
      asked.push(regeneration);
      onRecord = regeneration.newKey.expose();
      return regeneration.newKey;
    },
  };
  const { conjur } = new FakeVariables({ 'app/key': ['sk-old'] });
  const deps = { conjur, randomInt: () => 0, loadLitellm: async () => litellm };
  const rotation = litellmVirtualKey.parse({ ...CALL, ...more });
  await rotation.rotate(deps as never, deadline, (_step, work) => work());
  expect(asked).toMatchObject([expected]);
});

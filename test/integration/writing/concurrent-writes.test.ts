import { describe, expect, it, onTestFinished } from 'vitest';
import { policyLoadsIn, startWriting } from './start-writing.ts';

const NAMES = Array.from({ length: 50 }, (_, index) => `app/new/${index}`);
const CONTAINERS = 5;

describe('50 concurrent writes of new names', () => {
  it('are all stored by 5 containers with far fewer policy loads, and nobody hears of a conflict', async () => {
    // 0: Retry-After is 1, the least that Conjur asks for.
    const writing = await startWriting({ policyLoadMs: 60, random: () => 0 });
    onTestFinished(writing.close);
    const containers = await Promise.all(Array.from({ length: CONTAINERS }, () => writing.startContainer()));
    writing.takeRequests();

    const answers = await Promise.all(
      NAMES.map((name, index) => containers[index % CONTAINERS]?.handler({ name, value: `value of ${name}` })),
    );

    const loads = policyLoadsIn(writing.takeRequests());
    console.log(`50 new names were defined by ${loads.length} policy loads, those that met the lock among them`);
    expect(answers).toEqual(NAMES.map((name) => ({ name, created: true, changed: true, version: 1 })));
    expect(await Promise.all(NAMES.map(writing.valueOf))).toEqual(NAMES.map((name) => `value of ${name}`));
    // No container can do without a load of its own; most meet another one's at first.
    expect(loads.length).toBeGreaterThanOrEqual(CONTAINERS);
    expect(loads.length).toBeLessThanOrEqual(25);
  });
});

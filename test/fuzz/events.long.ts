import { it } from 'vitest';
import { expectDocumented } from './expect-documented.ts';

/** As many as `npm run fuzz` sends. */
const EVENTS = 100_000;

it(`${EVENTS} fuzzed events are answered with a documented code, never with internal`, async () => {
  const { byFunction, byWay } = await expectDocumented(EVENTS);
  process.stdout.write(
    `\n${EVENTS} fuzzed events, by function\n${byFunction.toTable()}\nby the way in\n${byWay.toTable()}\n`,
  );
}, 480_000);

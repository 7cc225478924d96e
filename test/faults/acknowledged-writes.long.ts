import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';
import { type ConjurClient, createConjurClient } from '../../lib/client.ts';
import { isConjurError } from '../../lib/errors.ts';
import { captureOutput } from '../canary/capture-output.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { settingsFor } from '../support/settings.ts';
import { hastyDelay } from './table/fault-world.ts';

const WRITES = 10_000;
const NAMES = 400;
const LANES = 24;
/** Share of requests that fail: 502, 503 with and without Retry-After, a reset before and a reset after the write was done. */
const FAIL_RATE = 0.2;

let conjur: LocalConjur;
let client: ConjurClient;

beforeAll(async () => {
  const random = seededRandom(20_260_304);
  conjur = await createLocalConjur({ failRate: FAIL_RATE, policyLoadMs: 0, random });
  // Three attempts: enough of the writes fail for good that both kinds are seen.
  const settings = settingsFor(conjur, { CYBERARK_MAX_ATTEMPTS: '3' });
  client = createConjurClient(settings, { clock: { now: Date.now, sleep: hastyDelay }, random });
});

afterAll(async () => {
  await client?.close();
  await conjur?.close();
});

/**
 * What may stand in a variable: the last acknowledged value, or one of those that were sent after it without an acknowledgement; nothing,
 * as long as none was acknowledged.
 */
class Ledger {
  readonly codes = new Map<string, number>();
  readonly #possible = new Map<string, Set<string | undefined>>();

  async write(name: string, value: string): Promise<void> {
    const possible = this.#possible.get(name) ?? new Set([undefined]);
    this.#possible.set(name, possible.add(value));
    const code = await client.writeSecret(name, value, { reportVersion: false }).then(
      () => 'acknowledged',
      (error: unknown) => (isConjurError(error) ? error.code : 'no documented code'),
    );
    if (code === 'acknowledged') this.#possible.set(name, new Set([value]));
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }

  isPossible(name: string, value: string | undefined): boolean {
    return this.#possible.get(name)?.has(value) === true;
  }
}

async function readUntilAnswered(name: string): Promise<string | undefined> {
  for (;;) {
    try {
      return (await client.readSecret(name)).value.expose();
    } catch (error) {
      if (isConjurError(error, 'secret_not_found')) return undefined;
      if (!isConjurError(error, 'upstream_unavailable')) throw error;
    }
  }
}

it(`an acknowledged write is readable afterwards: ${WRITES} writes, of whose requests a fifth fails`, async () => {
  const ledger = new Ledger();
  const lost: string[] = [];
  const output = captureOutput();
  // Each lane has names of its own, so that it is known which write of a name was the last.
  const lane = async (first: number): Promise<void> => {
    for (let count = first; count < WRITES; count += LANES) {
      const name = `names/${first}-${Math.floor(count / LANES) % Math.ceil(NAMES / LANES)}`;
      await ledger.write(name, `value ${count}`);
      if (count % 7 === 0 && !ledger.isPossible(name, await readUntilAnswered(name)))
        lost.push(`${name}, write ${count}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
  for (let first = 0; first < LANES; first += 1) {
    for (let index = 0; index < Math.ceil(NAMES / LANES); index += 1) {
      const name = `names/${first}-${index}`;
      if (!ledger.isPossible(name, await readUntilAnswered(name))) lost.push(`${name}, at the end`);
    }
  }
  output.release();
  process.stdout.write(
    `\n${WRITES} writes: ${JSON.stringify(Object.fromEntries(ledger.codes))}, ${lost.length} lost\n`,
  );
  expect(lost).toEqual([]);
  expect(ledger.codes.get('acknowledged')).toBeGreaterThan(WRITES * 0.9);
  expect(new Set(ledger.codes.keys())).toEqual(new Set(['acknowledged', 'upstream_unavailable']));
}, 150_000);

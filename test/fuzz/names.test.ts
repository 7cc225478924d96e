import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConjurClient, createConjurClient } from '../../lib/client.ts';
import { isConjurError } from '../../lib/errors.ts';
import { parseVariableName } from '../../lib/names.ts';
import { createEmbeddedConjur, type EmbeddedConjur } from '../support/embedded-conjur.ts';
import { settingsFor } from '../support/settings.ts';
import type { Call } from './arbitraries/calls.ts';
import type { FuzzedEvent } from './arbitraries/fuzzed-event.ts';
import { FRONTS, type Front, toHttpEvent } from './arbitraries/http-events.ts';
import { secretName } from './arbitraries/secret-names.ts';
import { createFuzzContainers, type FuzzContainers } from './fuzz-containers.ts';

const NAMES = 1_000;
const SEED = 20_260_302;
/** As it can come over HTTP, which carries no half of a surrogate pair. */
const sentName = secretName.map((name) => name.toWellFormed());

let containers: FuzzContainers;
let conjur: EmbeddedConjur;
let client: ConjurClient;

beforeAll(async () => {
  containers = await createFuzzContainers();
  conjur = await createEmbeddedConjur({ policyLoadMs: 0 });
  client = createConjurClient(settingsFor(conjur), { dispatcher: conjur.dispatcher });
});

afterAll(async () => {
  await containers?.close();
  conjur?.close();
});

function isLegal(name: string): boolean {
  try {
    parseVariableName(name);
    return true;
  } catch (error) {
    if (isConjurError(error, 'invalid_request')) return false;
    throw error;
  }
}

async function overHttp(
  to: FuzzedEvent['to'],
  front: Front,
  call: Partial<Call>,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const whole = { method: 'GET', path: '/', query: [], headers: {}, body: undefined, ...call };
  const reply = (await containers.handler(to, 0)(toHttpEvent(front, whole, false), {} as never)) as {
    statusCode: number;
    body: string;
  };
  return { status: reply.statusCode, body: JSON.parse(reply.body) };
}

it(`every accepted name comes back as it went in, through every front: ${NAMES} of them`, async () => {
  const counts = { accepted: 0, refused: 0 };
  const property = fc.asyncProperty(
    sentName,
    fc.constantFrom(...FRONTS),
    fc.constantFrom(...FRONTS),
    async (name, front, back) => {
      const path = `/secrets/${name}`;
      const value = `value of ${name}`;
      const headers = { 'content-type': 'text/plain' };
      const written = await overHttp('write-secret', front, { method: 'PUT', path, body: value, headers });
      if (!isLegal(name)) {
        expect(written.body).toMatchObject({ code: 'invalid_request' });
        counts.refused += 1;
        return;
      }
      expect([200, 201]).toContain(written.status);
      expect(written.body.name).toBe(name);
      expect((await overHttp('read-secret', back, { path })).body).toEqual({ name, value, encoding: 'utf-8' });
      const many = await overHttp('read-secret', back, {
        path: '/secrets',
        query: [
          ['name', name],
          ['name', 'app/db/user'],
        ],
      });
      expect(many.body.secrets).toContainEqual({ name, value, encoding: 'utf-8' });
      counts.accepted += 1;
    },
  );
  await fc.assert(property, { numRuns: NAMES, seed: SEED });
  process.stdout.write(`\n${NAMES} names: ${counts.accepted} accepted and read back, ${counts.refused} refused\n`);
  expect(counts.accepted).toBeGreaterThan(NAMES / 2);
  expect(counts.refused).toBeGreaterThan(NAMES / 50);
}, 120_000);

it('two different names are two variables, and Conjur lists both as they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(secretName.filter(isLegal), { minLength: 2, maxLength: 5 }), async (names) => {
      for (const name of names) await client.writeSecret(name, `only of ${name}`, { reportVersion: false });
      const { items: secrets, errors } = await client.readSecrets(names);
      expect(errors).toEqual([]);
      expect(secrets.map(({ name, value }) => [name, value.expose()])).toEqual(
        names.map((name) => [name, `only of ${name}`]),
      );
      for (const name of names) expect((await client.showVariable(name))?.name).toBe(name);
    }),
    { numRuns: 150, seed: SEED },
  );
}, 60_000);

import { describe, expect, it } from 'vitest';
import { createLocalConjur } from '../../../../../infra/local/conjur/create-local-conjur.ts';
import { startConjur } from './start-conjur.ts';

describe('concurrent policy loads', () => {
  it('let one in and tell the others when to come back', async () => {
    const conjur = await startConjur({ policyLoadMs: 300 });
    await conjur.tokenOf('admin');
    const loads = ['a', 'b', 'c', 'd', 'e'].map((id) => conjur.load(`- !variable ${id}\n`));
    const answers = await Promise.all(loads);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    for (const answer of answers.filter(({ status }) => status === 409)) {
      expect(answer.headers['retry-after']).toMatch(/^[1-8]$/);
      expect(answer.json()).toEqual({
        error: { code: 'policy_conflict', message: 'Concurrent policy load in progress, please retry' },
      });
    }
    expect((await conjur.load('- !variable f\n')).status).toBe(201);
    expect((await conjur.ask('GET', '/resources/default/variable')).json()).toHaveLength(2);
  });

  it('free the lock when the load fails', async () => {
    const conjur = await startConjur();
    expect((await conjur.load('- !nonsense x\n')).status).toBe(422);
    expect((await conjur.load('- !variable v\n')).status).toBe(201);
  });
});

/** Random numbers that are given out one after the other; the last one stays. */
function inTurn(...numbers: number[]): () => number {
  let at = 0;
  return () => numbers[Math.min(at++, numbers.length - 1)] ?? 0;
}

describe('a server that is to fail', () => {
  it.each([
    ['503', 0, { status: 503, retryAfter: undefined }],
    ['503 with Retry-After', 0.3, { status: 503, retryAfter: '1' }],
    ['502', 0.5, { status: 502, retryAfter: undefined }],
  ])('answers %s', async (_what, kind, expected) => {
    const conjur = await startConjur({ failRate: 0.5, random: inTurn(0.1, kind) });
    const answer = await conjur
      .ask('GET', '/whoami', { as: null, headers: { authorization: '' } })
      .catch((error) => error);
    expect(answer.status).toBe(401);
    const open = await conjur.ask('POST', '/authn/default/admin/authenticate', { as: null, body: 'x' });
    expect({ status: open.status, retryAfter: open.headers['retry-after'] }).toEqual(expected);
  });

  it('cuts the connection before anything has happened', async () => {
    const numbers = [0.9, 0.9, 0.9, 0.1, 0.7, 0.9];
    const conjur = await startConjur({ failRate: 0.5, random: inTurn(...numbers) });
    await conjur.load('- !variable v\n');
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'before' });
    await expect(conjur.ask('POST', '/secrets/default/variable/v', { body: 'after' })).rejects.toThrow('ECONNRESET');
    expect((await conjur.ask('GET', '/secrets/default/variable/v')).text).toBe('before');
  });

  it('cuts the connection after a write was carried out', async () => {
    const numbers = [0.9, 0.9, 0.9, 0.1, 0.99, 0.9];
    const conjur = await startConjur({ failRate: 0.5, random: inTurn(...numbers) });
    await conjur.load('- !variable v\n');
    await conjur.ask('POST', '/secrets/default/variable/v', { body: 'before' });
    await expect(conjur.ask('POST', '/secrets/default/variable/v', { body: 'after' })).rejects.toThrow('ECONNRESET');
    expect((await conjur.ask('GET', '/secrets/default/variable/v')).text).toBe('after');
  });

  it('never cuts a read after its effect, and fails as often as it is told to', async () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const conjur = await startConjur({ failRate: 0.25, random });
    const outcomes = await Promise.all(
      Array.from({ length: 400 }, () =>
        conjur.ask('GET', '/authenticators', { as: null }).then(
          ({ status }) => status,
          () => 'reset',
        ),
      ),
    );
    const failed = outcomes.filter((outcome) => outcome !== 200);
    expect(failed.length).toBeGreaterThan(60);
    expect(failed.length).toBeLessThan(140);
    expect(new Set(failed)).toEqual(new Set([502, 503, 'reset']));
  });
});

describe('a server that is to be slow', () => {
  it('can be closed while requests still wait', async () => {
    const conjur = await createLocalConjur({ delayMs: 600_000 });
    const pending = fetch(`${conjur.url}/authenticators`).then(
      () => 'answered',
      () => 'ended',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await conjur.close();
    expect(await pending).toBe('ended');
  });

  it.each([
    ['delayMs', { delayMs: -1 }],
    ['failRate', { failRate: 1.5 }],
    ['tokenTtlSeconds', { tokenTtlSeconds: 18_001 }],
    ['tokenTtlSeconds', { tokenTtlSeconds: Number.NaN }],
  ])('refuses an option out of bounds: %s', async (name, options) => {
    await expect(createLocalConjur(options)).rejects.toThrow(new RegExp(`^${name} must be between 0 and`));
  });
});

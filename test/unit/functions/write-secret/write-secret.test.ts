import { describe, expect, it } from 'vitest';
import { parseFunctionSettings } from '../../../../functions/runtime/settings.ts';
import { parseDirect } from '../../../../functions/write-secret/api.ts';
import { write } from '../../../../functions/write-secret/write.ts';
import { Deadline } from '../../../../lib/clock.ts';
import { FakeClock } from '../../lib/fake-clock.ts';
import { mockConjur, type SeenRequest } from '../../lib/mock-conjur.ts';

type Reply = Parameters<typeof mockConjur>[0];

function setUp(reply: Reply, environment: Record<string, string> = {}) {
  const { conjur, seen } = mockConjur(reply, environment);
  const { settings } = parseFunctionSettings({ CYBERARK_API_KEY: 'key', ...environment }, { readFile: () => '' });
  const call = (payload: unknown) =>
    write({ settings, conjur }, parseDirect(payload), new Deadline(new FakeClock(), 10_000_000_000));
  return { call, seen };
}

const isWrite = ({ method, path }: SeenRequest): boolean => method === 'POST' && path.startsWith('/secrets/');

describe('a write of many secrets', () => {
  const secrets = [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ];

  it('tells of each failure by name where something was written', async () => {
    const { call } = setUp(({ path }) => ({ status: path.endsWith('/a') ? 201 : 403 }));
    expect(await call({ secrets, version: false })).toMatchObject({
      kind: 'many',
      result: { items: [{ name: 'a' }], errors: [{ name: 'b', error: { code: 'forbidden' } }] },
    });
  });

  it('fails where nothing was written because Conjur was not there', async () => {
    const { call } = setUp(() => ({ status: 503 }), { CYBERARK_MAX_ATTEMPTS: '2' });
    await expect(call({ secrets })).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('fails where nothing was written because of the policy lock', async () => {
    const { call } = setUp((request) => ({ status: isWrite(request) ? 404 : 409 }), { CYBERARK_MAX_ATTEMPTS: '2' });
    await expect(call({ secrets })).rejects.toMatchObject({ code: 'policy_conflict' });
  });

  it('is an answer with errors alone where each name has a fault of its own', async () => {
    const { call, seen } = setUp(() => ({ status: 403 }));
    expect(await call({ secrets })).toMatchObject({ result: { items: [], errors: [{ name: 'a' }, { name: 'b' }] } });
    expect(seen).toHaveLength(2);
  });
});

describe('a deletion', () => {
  const shown = JSON.stringify({ id: 'default:variable:a', owner: 'default:user:admin', secrets: [] });

  it('that Conjur took but that left the variable there is an error', async () => {
    const { call } = setUp(
      ({ method }) => (method === 'GET' ? { status: 200, body: shown } : { status: 201, body: '{}' }),
      {
        CYBERARK_ALLOW_DELETE: 'true',
      },
    );
    await expect(call({ delete: 'a' })).rejects.toMatchObject({ code: 'upstream_error' });
  });

  it('of what is not there answers that nothing was deleted', async () => {
    const { call, seen } = setUp(() => ({ status: 404 }), { CYBERARK_ALLOW_DELETE: 'true' });
    expect(await call({ delete: 'a' })).toEqual({ kind: 'delete', result: { name: 'a', deleted: false } });
    expect(seen).toHaveLength(1);
  });
});

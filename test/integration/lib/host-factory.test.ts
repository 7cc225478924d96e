import { describe, expect, it } from 'vitest';
import { startClient } from './start-client.ts';

const POLICY = `
- !policy
  id: app
  body:
  - !layer
  - !host-factory { id: factory, layers: [ !layer ] }
`;
const IN_AN_HOUR = () => new Date(Date.now() + 3_600_000);

async function start() {
  const started = await startClient();
  await started.admin.loadPolicy('root', POLICY);
  return started;
}

describe('a host factory', () => {
  it('creates a host by a token, without a login; the host logs in with its key', async () => {
    const { admin, connect } = await start();
    const [made] = await admin.createHostFactoryTokens('app/factory', { expiresAt: IN_AN_HOUR() });
    const machine = connect({ CYBERARK_USERNAME: 'host/nobody', CYBERARK_API_KEY: 'none' });
    const host = await machine.createHost(made?.token ?? '', 'machine-17', { annotations: { site: 'north' } });
    expect(host.id).toBe('default:host:machine-17');

    const itself = connect({ CYBERARK_USERNAME: 'host/machine-17', CYBERARK_API_KEY: host.apiKey?.expose() ?? '' });
    expect(await itself.whoami()).toMatchObject({ login: 'host/machine-17' });
  });

  it('makes as many tokens as asked for, which print as nothing', async () => {
    const { admin } = await start();
    const tokens = await admin.createHostFactoryTokens('app/factory', {
      expiresAt: IN_AN_HOUR(),
      count: 3,
      cidrs: ['10.0.0.0/8'],
    });
    expect(new Set(tokens.map(({ token }) => token.expose())).size).toBe(3);
    expect(`${tokens[0]?.token}`).toBe('[redacted]');
    await expect(admin.createHost(tokens[0]?.token ?? '', 'elsewhere')).rejects.toMatchObject({
      code: 'authentication_failed',
    });
  });

  it('creates nothing by a token that was revoked, and revokes it once', async () => {
    const { admin } = await start();
    const [made] = await admin.createHostFactoryTokens('app/factory', { expiresAt: IN_AN_HOUR() });
    const token = made?.token ?? '';
    expect(await admin.revokeHostFactoryToken(token)).toBe(true);
    expect(await admin.revokeHostFactoryToken(token)).toBe(false);
    const error: unknown = await admin.createHost(token, 'late').catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).not.toContain(made?.token.expose() ?? 'none');
  });

  it('that does not exist is told as such', async () => {
    const { admin } = await start();
    await expect(admin.createHostFactoryTokens('app/none', { expiresAt: IN_AN_HOUR() })).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('app/none'),
    });
  });
});

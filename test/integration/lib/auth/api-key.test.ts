import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { createSecretReader } from '../../../../lib/auth/create-secret-reader.ts';
import type { ConjurClient } from '../../../../lib/client.ts';
import { startSecretsManager, toToken } from '../../infra/local/stand-ins/secrets-manager/start-secrets-manager.ts';
import { MovableClock } from '../movable-clock.ts';
import { startClient } from '../start-client.ts';

async function makeHosts(admin: ConjurClient) {
  const { createdRoles } = await admin.loadPolicy('root', '- !host app/one\n- !host app/two\n');
  const key = (id: string) => createdRoles.get(`default:host:${id}`)?.expose() ?? '';
  return { one: key('app/one'), two: key('app/two') };
}

describe('an api key', () => {
  it('logs a host in, whose name is url-encoded on the way', async () => {
    const { admin, connect } = await startClient();
    const { one } = await makeHosts(admin);
    const conjur = connect({ CYBERARK_USERNAME: 'host/app/one', CYBERARK_API_KEY: one });
    expect(await conjur.whoami()).toMatchObject({ account: 'default', login: 'host/app/one' });
  });

  it('that is wrong fails with what to check, and is not told', async () => {
    const { connect } = await startClient();
    const conjur = connect({ CYBERARK_API_KEY: 'sesame' });
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/api-key.*CYBERARK_ACCOUNT.*CYBERARK_USERNAME.*CYBERARK_API_KEY/);
    expect((error as Error).message).not.toContain('sesame');
  });

  it('of one’s own is rotated, the old one is dead, and the client goes on with the new one', async () => {
    const { admin, connect } = await startClient();
    const { one } = await makeHosts(admin);
    const environment = { CYBERARK_USERNAME: 'host/app/one', CYBERARK_API_KEY: one };
    const conjur = connect(environment);
    const key = await conjur.rotateApiKey();
    expect((await conjur.whoami()).login).toBe('host/app/one');
    expect((await connect({ ...environment, CYBERARK_API_KEY: key.expose() }).whoami()).login).toBe('host/app/one');
    await expect(connect(environment).whoami()).rejects.toMatchObject({ code: 'authentication_failed' });
  });

  it('of another host is rotated by who may update it, and its time is told', async () => {
    const { admin, connect } = await startClient();
    const { one, two } = await makeHosts(admin);
    const conjur = connect({ CYBERARK_USERNAME: 'host/app/one', CYBERARK_API_KEY: one });
    await expect(conjur.rotateApiKeyOf('host:app/two')).rejects.toMatchObject({ code: 'forbidden' });
    await admin.loadPolicy(
      'root',
      '- !permit { role: !host app/one, privileges: [ read, update ], resource: !host app/two }',
    );
    expect((await conjur.rotateApiKeyOf('host:app/two')).expose()).not.toBe(two);
    const { role, rotatedAt } = await conjur.lastRotation('host:app/two');
    expect(role).toBe('default:host:app/two');
    expect(Math.abs(Date.parse(rotatedAt ?? '') - Date.now())).toBeLessThan(60_000);
    await expect(conjur.rotateApiKeyOf('host:app/one')).rejects.toMatchObject({ code: 'authentication_failed' });
  });
});

describe('an api key in Secrets Manager', () => {
  const SECRET = 'conjur/functions';

  async function start() {
    const clock = new MovableClock();
    const { client } = await startSecretsManager();
    const { admin, connect } = await startClient();
    const { one } = await makeHosts(admin);
    const content = (key: string) => JSON.stringify({ username: 'host/app/one', api_key: key });
    await client.send(new CreateSecretCommand({ Name: SECRET, SecretString: content(one) }));
    const conjur = connect({ CYBERARK_API_KEY_SECRET_ID: SECRET }, { clock, secretReader: createSecretReader(client) });
    const put = (key: string, stage: string) =>
      client.send(
        new PutSecretValueCommand({
          SecretId: SECRET,
          SecretString: content(key),
          ClientRequestToken: toToken('rotation'),
          VersionStages: [stage],
        }),
      );
    return { admin, clock, conjur, put };
  }

  it.each(['AWSCURRENT', 'AWSPENDING'])('heals where it was rotated underneath and stands as %s', async (stage) => {
    const { admin, clock, conjur, put } = await start();
    expect((await conjur.whoami()).login).toBe('host/app/one');
    await put((await admin.rotateApiKeyOf('host:app/one')).expose(), stage);
    clock.move(480_000);
    expect((await conjur.whoami()).login).toBe('host/app/one');
  });

  it('that is dead and not replaced fails with where to look', async () => {
    const { admin, clock, conjur } = await start();
    await conjur.whoami();
    await admin.rotateApiKeyOf('host:app/one');
    clock.move(480_000);
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toContain('the Secrets Manager secret conjur/functions');
  });

  it('that is not there fails with what to check at AWS', async () => {
    const { client } = await startSecretsManager();
    const { connect } = await startClient();
    const conjur = connect({ CYBERARK_API_KEY_SECRET_ID: 'ghost' }, { secretReader: createSecretReader(client) });
    const error = await conjur.whoami().catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ code: 'authentication_failed' });
    expect((error as Error).message).toMatch(/ghost.*ResourceNotFoundException.*GetSecretValue/);
  });
});

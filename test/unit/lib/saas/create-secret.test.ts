import { describe, expect, it } from 'vitest';
import type { WriteSecretOptions } from '../../../../lib/conjur-client.ts';
import { type Answer, mockConjur } from '../mock-conjur.ts';

interface NewSecret extends WriteSecretOptions {
  readonly value?: string | Buffer;
  readonly environment?: Record<string, string>;
}

/** Writes a new secret, which the service makes either way. @returns what its second API was asked to make, if anything */
async function create(name: string, { value = 'value', environment = {}, ...options }: NewSecret = {}) {
  let isDefined = false;
  const { conjur, seen } = mockConjur(
    ({ path }) => {
      if (path.includes('/secrets/conjur/')) return { status: isDefined ? 201 : 404 };
      isDefined = true;
      return { status: 201, body: '{"created_roles":{},"version":1}' };
    },
    { CYBERARK_EDITION: 'saas', ...environment },
  );
  await conjur.writeSecret(name, value, { reportVersion: false, ...options });
  const creation = seen.find(({ path }) => path.endsWith('/secrets/static'));
  return creation && (JSON.parse(creation.body) as { permissions?: unknown });
}

describe('a new secret is made by the second API', () => {
  it.each([
    ['new', 'data/app'],
    ['Ab_9.@:+-', 'data/app'],
    ['n'.repeat(60), 'data'],
  ])('under the name %s in %s', async (name, branch) => {
    expect(await create(`${branch}/${name}`)).toEqual({ branch, name, value: 'value' });
  });

  it('with its media type and annotations', async () => {
    const annotations = { owner: 'team' };
    expect(await create('data/app/new', { mimeType: 'text/plain', annotations })).toEqual({
      ...{ branch: 'data/app', name: 'new', value: 'value', mime_type: 'text/plain', annotations },
    });
  });

  it('with rights for each kind of role that it knows', async () => {
    const grants = { CYBERARK_GRANT_READ: 'host:data/a:b,group:data/c', CYBERARK_GRANT_WRITE: 'user:alice' };
    expect((await create('data/app/new', { environment: grants }))?.permissions).toEqual([
      { subject: { kind: 'host', id: 'data/a:b' }, privileges: ['read', 'execute'] },
      { subject: { kind: 'group', id: 'data/c' }, privileges: ['read', 'execute'] },
      { subject: { kind: 'user', id: 'alice' }, privileges: ['read', 'update'] },
    ]);
  });
});

describe('a new secret is made by policy', () => {
  it.each([
    ['its name begins with what the second API does not take', 'data/app/ new'],
    ['its name ends with it', 'data/app/new '],
    ['its name is too long', `data/app/${'n'.repeat(61)}`],
    ['its branch has it', 'data/an app/new'],
  ])('where %s', async (_, name) => {
    expect(await create(name)).toBeUndefined();
  });

  it('where its value is no text', async () => {
    expect(await create('data/app/new', { value: Buffer.from([0xff]) })).toBeUndefined();
  });

  it('where one role of several is of a kind that the second API does not know', async () => {
    const grants = { CYBERARK_GRANT_READ: 'host:data/a,layer:data/b' };
    expect(await create('data/app/new', { environment: grants })).toBeUndefined();
  });
});

describe('a secret of which the second API', () => {
  /** Writes it twice: the second write tells what the first one learned. */
  async function writeTwice(creation: Answer) {
    let isThere = creation.status === 409;
    const { conjur, seen } = mockConjur(
      ({ path }) => {
        if (path.endsWith('/static')) return creation;
        if (!path.includes('/policies/')) return { status: isThere ? 201 : 404 };
        isThere = true;
        return { status: 201, body: '{"created_roles":{},"version":1}' };
      },
      { CYBERARK_EDITION: 'saas' },
    );
    const { created } = await conjur.writeSecret('data/app/new', '1', { reportVersion: false });
    const first = seen.splice(0).map(({ path }) => path.split('/')[2]);
    await conjur.writeSecret('data/app/new', '2', { reportVersion: false });
    return { created, first, second: seen.map(({ path }) => path.split('/')[2]) };
  }

  it.each([
    [409, 'says that it exists, gets its value, and is not made anew the next time', false, ['secrets', 'secrets']],
    [403, 'may not make it, is made by policy', true, ['secrets', 'secrets', 'policies', 'secrets']],
    [404, 'knows no branch, is made by policy', true, ['secrets', 'secrets', 'policies', 'secrets']],
    [422, 'does not take it, is made by policy', true, ['secrets', 'secrets', 'policies', 'secrets']],
  ])('%i: %s', async (status, _, created, first) => {
    expect(await writeTwice({ status })).toEqual({ created, first, second: ['secrets'] });
  });

  it.each<[number, string]>([
    [500, 'upstream_error'],
    [401, 'authentication_failed'],
  ])('fails with %i is not written: %s', async (status, code) => {
    await expect(writeTwice({ status })).rejects.toMatchObject({ code });
  });
});

it('no value is made of nothing', async () => {
  await expect(create('data/app/new', { value: '' })).rejects.toMatchObject({ code: 'invalid_request' });
});

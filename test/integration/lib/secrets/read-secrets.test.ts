import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLocalConjur, type LocalConjur } from '../../../../infra/local/conjur/create-local-conjur.ts';
import type { ConjurClient } from '../../../../lib/client.ts';
import { createConjurClient } from '../../../../lib/client.ts';
import { Secret } from '../../../../lib/secret.ts';
import { startClient } from '../start-client.ts';

const NAMES = Array.from({ length: 1_000 }, (_, i) => `batch/key-${String(i).padStart(4, '0')}`);
const nameOf = (i: number): string => NAMES[i] as string;
const MISSING = [3, 250, 251, 700, 999].map(nameOf);
/** One that the reader sees and may not read, and one that he does not even see. */
const UNREADABLE = [100, 640].map(nameOf);
const BINARY = [0, 500, 998].map(nameOf);
const BINARY_VALUE = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00]), Buffer.alloc(100, 0x80)]);

describe('reading a thousand names at once', () => {
  const requests: string[] = [];
  let server: LocalConjur;
  let admin: ConjurClient;
  let reader: ConjurClient;

  beforeAll(async () => {
    server = await createLocalConjur({
      policyLoadMs: 0,
      onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
    });
    admin = createConjurClient({ baseUrl: server.url, auth: { type: 'api-key', apiKey: server.adminApiKey } });
    const { createdRoles } = await admin.loadPolicy('root', policy());
    const defined = NAMES.filter((name) => !MISSING.includes(name));
    await admin.writeSecrets(
      defined.map((name) => ({ name, value: valueFor(name) })),
      { reportVersion: false },
    );
    const apiKey = createdRoles.get('default:host:reader');
    reader = createConjurClient({ baseUrl: server.url, auth: { type: 'api-key', login: 'host/reader', apiKey } });
    await reader.authenticate();
  });

  beforeEach(() => {
    requests.length = 0;
  });

  afterAll(async () => {
    await Promise.all([admin.close(), reader.close()]);
    await server.close();
  });

  it('gives 993 values and 7 errors by name, in 30 requests', async () => {
    const { items, errors } = await reader.readSecrets(NAMES);
    const readable = NAMES.filter((name) => !MISSING.includes(name) && !UNREADABLE.includes(name));
    expect(readable).toHaveLength(993);
    expect(items.map(({ name }) => name)).toEqual(readable);
    expect(items.filter(({ name, value }) => !value.equals(valueFor(name)))).toEqual([]);
    expect(Object.fromEntries(errors.map(({ name, error }) => [name, error.code]))).toEqual({
      ...Object.fromEntries(MISSING.map((name) => [name, 'secret_not_found'])),
      [nameOf(100)]: 'forbidden',
      [nameOf(640)]: 'secret_not_found',
    });
    // 5 chunks; 5 more that leave a missing name out; for each of the two that may not be read, 8 halvings of some 230 names, one
    // request that tells its own error, and one for what the halvings left open.
    expect(requests).toHaveLength(30);
    expect(Math.max(...requests.map(({ length }) => length))).toBeLessThan(8_192);
  });

  it('is done in five requests where all can be read', async () => {
    const names = NAMES.filter((name) => !MISSING.includes(name));
    expect((await admin.readSecrets(names)).items).toHaveLength(995);
    expect(requests).toHaveLength(5);
  });

  it('asks for each name once, and keeps the order asked for', async () => {
    const { items } = await admin.readSecrets([nameOf(2), nameOf(1), nameOf(2)]);
    expect(items.map(({ name }) => name)).toEqual([nameOf(2), nameOf(1)]);
    expect(requests).toHaveLength(1);
  });

  it('comes to an end where nothing at all is there', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `ghost/${i}`);
    const { items, errors } = await admin.readSecrets(names);
    expect(items).toEqual([]);
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual(
      names.map((name) => [name, 'secret_not_found']),
    );
    expect(requests.length).toBeLessThanOrEqual(names.length + 4);
  });

  it('comes to an end where nothing at all may be read', async () => {
    const { createdRoles } = await admin.loadPolicy('root', '- !host stranger');
    const apiKey = createdRoles.get('default:host:stranger');
    const stranger = createConjurClient({
      baseUrl: server.url,
      auth: { type: 'api-key', login: 'host/stranger', apiKey },
    });
    onTestFinished(() => stranger.close());
    requests.length = 0;
    const names = NAMES.slice(10, 74);
    const { items, errors } = await stranger.readSecrets(names);
    expect([items.length, errors.length]).toEqual([0, names.length]);
    expect(requests.length).toBeLessThan(2 * names.length + 20);
  });

  function policy(): string {
    const defined = NAMES.filter((name) => !MISSING.includes(name));
    const readable = defined.filter((name) => !UNREADABLE.includes(name)).map((name) => `!variable ${name}`);
    return [
      '- !host reader',
      ...defined.map((name) => `- !variable ${name}`),
      `- !permit { role: !host reader, privileges: [ read, execute ], resource: [ ${readable.join(', ')} ] }`,
      `- !permit { role: !host reader, privileges: [ read ], resource: !variable ${nameOf(100)} }`,
    ].join('\n');
  }

  function valueFor(name: string): Secret {
    return Secret.of(BINARY.includes(name) ? BINARY_VALUE : `value of ${name}`);
  }
});

describe('reading a few names at once', () => {
  it('reads names that no batch can ask for singly, and takes an illegal one as an error of its own', async () => {
    const { admin } = await startClient();
    const names = ['a,b', 'plain', 'größe/🔑 + 100%', 'q?x=1#y', 'c:d'];
    for (const name of names) await admin.writeSecret(name, `value of ${name}`);
    const { items, errors } = await admin.readSecrets([...names, 'a//b', '']);
    expect(Object.fromEntries(items.map(({ name, value }) => [name, value.expose()]))).toEqual(
      Object.fromEntries(names.map((name) => [name, `value of ${name}`])),
    );
    expect(errors.map(({ name, error }) => [name, error.code])).toEqual([
      ['a//b', 'invalid_request'],
      ['', 'invalid_request'],
    ]);
  });

  it('reads values that together are larger than one answer may be', async () => {
    const { admin } = await startClient();
    const names = Array.from({ length: 20 }, (_, i) => `large/${i}`);
    const value = Secret.of(Buffer.alloc(512 * 1024, 'x'));
    await admin.writeSecrets(names.map((name) => ({ name, value })));
    const { items, errors } = await admin.readSecrets(names);
    expect(errors).toEqual([]);
    expect(items.map((secret) => secret.value.byteLength)).toEqual(names.map(() => 512 * 1024));
  });
});

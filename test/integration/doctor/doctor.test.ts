import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../infra/doctor/check.ts';
import { type DoctorOptions, runDoctor } from '../../../infra/doctor/run-doctor.ts';
import { createLocalConjur, type LocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';
import { findFreePort } from '../../../infra/local/stack/find-free-port.ts';
import { createLocalSecretsManager } from '../../../infra/local/stand-ins/secrets-manager/create-local-secrets-manager.ts';
import { createConjurClient } from '../../../lib/client.ts';
import { createCertificateAuthority } from '../../support/certificates.ts';
import { findProgram } from '../../support/find-program.ts';
import { runNode, runProgram } from '../../support/run-node.ts';
import { settingsFor } from '../../support/settings.ts';
import { startHttpProxy } from '../lib/http/start-http-proxy.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

const POLICY = `
- !variable db/password
- !variable db/empty
- !host app
- !host other
- !host rotator
- !permit { role: !host app, privileges: [ read, execute ], resource: !variable db/password }
- !permit { role: !host other, privileges: [ read ], resource: !variable db/password }
- !permit { role: !host rotator, privileges: [ read, update ], resource: !host app }
- !host reader
- !host creator
- !host owner
- !policy
  id: team
  owner: !host owner
  body:
  - !variable known
  - !group writers
  - !group others
  - !grant { role: !group writers, member: !host /creator }
- !permit { role: !host reader, privileges: [ read ], resource: !policy team }
- !permit { role: !host reader, privileges: [ read, update ], resource: !variable team/known }
- !permit { role: !host creator, privileges: [ read, create ], resource: !policy team }
`;

let conjur: LocalConjur;
const keys = new Map<string, string>();

beforeAll(async () => {
  conjur = await createLocalConjur();
  const client = createConjurClient(settingsFor(conjur));
  const { createdRoles } = await client.loadPolicy('root', POLICY);
  for (const [role, key] of createdRoles) keys.set(role.replace('default:host:', 'host/'), key.expose());
  await client.writeSecret('db/password', 'canary-value');
  await client.close();
});

afterAll(() => conjur.close());

const AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'canary-value' };

type Environment = Readonly<Record<string, string>>;

function asAdmin(more: Environment = {}): Environment {
  return { CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY: conjur.adminApiKey, ...more };
}

function asHost(login: string, more: Environment = {}): Environment {
  return asAdmin({ CYBERARK_USERNAME: login, CYBERARK_API_KEY: keys.get(login) ?? '', ...more });
}

const asEnvironment = (as: (more?: Environment) => Environment, more: Environment): Environment => ({
  ...as(),
  ...more,
});

async function examine(
  environment: Environment,
  more: Omit<DoctorOptions, 'environment'> = {},
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const result of runDoctor({ environment, ...more })) results.push(result);
  return results;
}

/** The one fault that was found. */
async function faultOf(environment: Environment, more: Omit<DoctorOptions, 'environment'> = {}): Promise<CheckResult> {
  const failures = (await examine(environment, more)).filter(({ status }) => status === 'failed');
  expect(failures).toHaveLength(1);
  return failures[0] as CheckResult;
}

/** Something between the doctor and Conjur. */
async function startFront(
  onRequest: (incoming: IncomingMessage, reply: ServerResponse, pass: (path: string) => void) => void,
): Promise<AsyncDisposable & { readonly url: string }> {
  const front = createServer((incoming, reply) => {
    const pass = (path: string): void => {
      const { method, headers } = incoming;
      const onward = request(conjur.url + path, { method, headers }, (response) => {
        reply.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(reply);
      });
      incoming.pipe(onward);
    };
    onRequest(incoming, reply, pass);
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      front.closeAllConnections();
      await new Promise((resolve) => front.close(resolve));
    },
  };
}

describe('the doctor', () => {
  it('finds nothing where all is well, one check after the other', async () => {
    const results = await examine(asAdmin(), { read: 'db/password', write: 'db/password', rotate: 'host:app' });
    expect(results.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'settings ok',
      'connection ok',
      'certificate skipped',
      'clock ok',
      'authentication ok',
      'whoami ok',
      'read ok',
      'write ok',
      'rotate ok',
    ]);
  });

  it('tells a host that cannot be reached', async () => {
    const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: `http://127.0.0.1:${await findFreePort()}` }));
    expect(fault).toMatchObject({
      name: 'connection',
      fault: 'host_unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('tells a certificate that is not trusted, and who signed it', async () => {
    const authority = await createCertificateAuthority('Conjur Test Authority');
    const tls = await authority.issueServer({ hosts: ['127.0.0.1'] });
    const secure = await createLocalConjur({ tls });
    try {
      const environment = asAdmin({ CYBERARK_API_BASE: secure.url, CYBERARK_API_KEY: secure.adminApiKey });
      const fault = await faultOf(environment);
      expect(fault).toMatchObject({ name: 'certificate', fault: 'tls_untrusted' });
      expect(fault.message).toContain('signed by Conjur Test Authority');
      expect(fault.message).toMatch(/SHA-256 [0-9A-F:]{95}/);
      const trusting = await examine({ ...environment, CYBERARK_CA_CERT: authority.cert });
      expect(trusting.map(({ status }) => status)).not.toContain('failed');
    } finally {
      await secure.close();
    }
  });

  it('tells https to a port of plain http, and sends nobody to look for a certificate', async () => {
    const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: conjur.url.replace('http:', 'https:') }));
    expect(fault).toMatchObject({ name: 'certificate', message: expect.stringContaining('WRONG_VERSION_NUMBER') });
    expect(fault.advice).toMatch(/does not speak TLS.*http:\/\//);
    expect(fault.advice).not.toContain('CLIENT_CERT');
  });

  it('tells a certificate that is not for servers, and not to trust its signer once more', async () => {
    const authority = await createCertificateAuthority('Conjur Test Authority');
    const secure = await createLocalConjur({ tls: await authority.issueClient({ commonName: 'app' }) });
    try {
      const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: secure.url, CYBERARK_CA_CERT: authority.cert }));
      expect(fault).toMatchObject({ fault: 'tls_untrusted', advice: expect.stringContaining('INVALID_PURPOSE') });
      expect(fault.advice).toContain('serverAuth');
    } finally {
      await secure.close();
    }
  });

  it('tells a certificate of another host', async () => {
    const authority = await createCertificateAuthority('Conjur Test Authority');
    const tls = await authority.issueServer({ hosts: ['conjur.example.com'] });
    const secure = await createLocalConjur({ tls });
    try {
      const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: secure.url, CYBERARK_CA_CERT: authority.cert }));
      expect(fault).toMatchObject({ fault: 'tls_untrusted', advice: expect.stringContaining('names other hosts') });
    } finally {
      await secure.close();
    }
  });

  it('tells a wrong account, and the right one', async () => {
    const fault = await faultOf(asAdmin({ CYBERARK_ACCOUNT: 'nowhere' }));
    expect(fault).toMatchObject({ fault: 'wrong_account', advice: 'Set CYBERARK_ACCOUNT=default.' });
  });

  it('tells a wrong account whose right name it is given', async () => {
    const named = await createLocalConjur({ account: 'acme' });
    try {
      const environment = asAdmin({ CYBERARK_API_BASE: named.url, CYBERARK_API_KEY: named.adminApiKey });
      expect(await faultOf(environment, { accounts: ['acme'] })).toMatchObject({ fault: 'wrong_account' });
    } finally {
      await named.close();
    }
  });

  it('tells a wrong key', async () => {
    expect(await faultOf(asAdmin({ CYBERARK_API_KEY: 'not-the-key' }))).toMatchObject({
      name: 'authentication',
      fault: 'wrong_key',
    });
  });

  it('tells a login that is encoded before its time', async () => {
    const fault = await faultOf(asHost('host/app', { CYBERARK_USERNAME: 'host%2Fapp' }));
    expect(fault).toMatchObject({ fault: 'unencoded_login', message: expect.stringContaining('url-encoded already') });
  });

  it('tells a login whose slashes something in between decodes', async () => {
    await using front = await startFront((incoming, _, pass) => pass(decodeURIComponent(incoming.url ?? '/')));
    const fault = await faultOf(asHost('host/app', { CYBERARK_API_BASE: front.url }));
    expect(fault).toMatchObject({
      fault: 'unencoded_login',
      message: expect.stringContaining('arrive there unencoded'),
    });
  });

  it('tells a missing privilege to read', async () => {
    const fault = await faultOf(asHost('host/other'), { read: 'db/password' });
    expect(fault).toMatchObject({
      name: 'read',
      fault: 'no_privilege',
      advice: expect.stringContaining('!host /other'),
    });
  });

  it('speaks of whom the token is for, where a JWT names him and no setting does', async () => {
    const key = keys.get('host/other') ?? '';
    await using front = await startFront(async (incoming, reply, pass) => {
      if (!incoming.url?.startsWith('/authn-jwt/')) return pass(incoming.url ?? '/');
      const token = await fetch(`${conjur.url}/authn/default/host%2Fother/authenticate`, { method: 'POST', body: key });
      return reply.end(await token.text());
    });
    const jwt = { CYBERARK_AUTHN: 'jwt', CYBERARK_AUTHN_SERVICE_ID: 'x', CYBERARK_AUTHN_JWT: 'canary-value' };
    const fault = await faultOf({ CYBERARK_API_BASE: front.url, ...jwt }, { read: 'db/password' });
    expect(fault).toMatchObject({ fault: 'no_privilege', advice: expect.stringContaining('role: !host /other') });
    expect(fault.message).toContain('host/other');
  });

  it('tells a missing privilege to write', async () => {
    expect(await faultOf(asHost('host/app'), { write: 'db/password' })).toMatchObject({
      name: 'write',
      fault: 'no_privilege',
    });
  });

  describe('of a name that is to be written in a branch', () => {
    const inBranch = (login: string, more: object = {}) => asHost(login, { CYBERARK_POLICY_BRANCH: 'team', ...more });

    it('tells who may read the branch and not create in it, and which grant is missing', async () => {
      const fault = await faultOf(inBranch('host/reader'), { write: 'team/new' });
      expect(fault).toMatchObject({
        name: 'write',
        fault: 'no_privilege',
        message: expect.stringContaining('lacks `create`'),
      });
      expect(fault.advice).toContain(
        '- !permit { role: !host /reader, privileges: [ read, create ], resource: !policy /team }',
      );
    });

    it('takes no refused dry run for a follower where the variable is there and may be written', async () => {
      const result = (await examine(inBranch('host/reader'), { write: 'team/known' })).at(-1);
      expect(result).toMatchObject({
        name: 'write',
        status: 'ok',
        message: expect.stringContaining('could not be defined'),
      });
    });

    it.each([
      ['no role is named', {}, 'Set CYBERARK_GRANT_WRITE to a role that host/creator has'],
      [
        'the role that is named is not its own',
        { CYBERARK_GRANT_WRITE: 'group:team/others' },
        '- !grant { role: !group /team/others, member: !host /creator }',
      ],
    ])('tells who may define it and not write it then: %s', async (_, more, advice) => {
      const fault = await faultOf(inBranch('host/creator', more), { write: 'team/new' });
      expect(fault).toMatchObject({
        name: 'write',
        fault: 'no_privilege',
        message: expect.stringContaining('not write it then'),
      });
      expect(fault.advice).toContain(advice);
      // So it is: Conjur takes the definition, and refuses the value.
      const client = createConjurClient(settingsFor(conjur, inBranch('host/creator', more)));
      await expect(client.writeSecret('team/made', 'canary-value')).rejects.toThrow();
      await client.close();
    });

    it.each([
      ['the role that is named is its own', 'host/creator', { CYBERARK_GRANT_WRITE: 'group:team/writers' }],
      ['it owns the branch', 'host/owner', {}],
    ])('is content where %s, and so is Conjur', async (_, login, more) => {
      expect((await examine(inBranch(login, more), { write: 'team/new' })).at(-1)).toMatchObject({ status: 'ok' });
      const client = createConjurClient(settingsFor(conjur, inBranch(login, more)));
      const name = `team/made-by-${login.slice('host/'.length)}`;
      expect(await client.writeSecret(name, 'canary-value')).toMatchObject({ created: true });
      await client.close();
    });
  });

  it('tells a refused token of nobody, where only the token says whose it is', async () => {
    const jwt = { CYBERARK_AUTHN: 'jwt', CYBERARK_AUTHN_SERVICE_ID: 'x', CYBERARK_AUTHN_JWT: 'canary-value' };
    const fault = await faultOf({ CYBERARK_API_BASE: conjur.url, ...jwt });
    expect(fault).toMatchObject({ fault: 'wrong_key' });
    expect(fault.message).toBe(
      'Conjur refuses the jwt credential in the account "default" (401). It alone says whose it is.',
    );
    const named = await faultOf({ CYBERARK_API_BASE: conjur.url, ...jwt, CYBERARK_USERNAME: 'host/app' });
    expect(named.message).toContain('the jwt credential of "host/app"');
  });

  it('tells a missing privilege to rotate', async () => {
    expect(await faultOf(asHost('host/app'), { rotate: 'host:other' })).toMatchObject({
      name: 'rotate',
      fault: 'no_privilege',
    });
    expect((await examine(asHost('host/rotator'), { rotate: 'host:app' })).at(-1)).toMatchObject({ status: 'ok' });
  });

  it('tells a variable that is missing, and one that has no value', async () => {
    const missing = await faultOf(asAdmin(), { read: 'db/nothing' });
    expect(missing).toMatchObject({ fault: 'missing_variable', message: expect.stringContaining('does not exist') });
    const empty = await faultOf(asAdmin(), { read: 'db/empty' });
    expect(empty).toMatchObject({ fault: 'missing_variable', message: expect.stringContaining('no value yet') });
  });

  it.each([405, 500, 503])('tells a follower that is given for writing, by its refusal (%i)', async (status) => {
    await using front = await startFront((incoming, reply, pass) => {
      const writes = incoming.method !== 'GET' && !incoming.url?.endsWith('/authenticate');
      if (writes) reply.writeHead(status).end();
      else pass(incoming.url ?? '/');
    });
    const environment = asAdmin({ CYBERARK_API_BASE: front.url });
    expect(await faultOf(environment, { read: 'db/password', write: 'db/password' })).toMatchObject({
      name: 'write',
      fault: 'follower_given_for_writing',
    });
  });

  it('tells a follower that is given for writing, by what it says of itself', async () => {
    await using front = await startFront((incoming, reply, pass) => {
      if (incoming.url === '/info') reply.writeHead(200).end('{"role":"follower"}');
      else pass(incoming.url ?? '/');
    });
    const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: front.url }), { write: 'db/password' });
    expect(fault).toMatchObject({
      fault: 'follower_given_for_writing',
      message: expect.stringContaining('a follower'),
    });
  });

  it.each([
    ['may define', asAdmin, 'ok', 'knows no dry run'],
    ['may not define', () => asHost('host/app'), 'failed', 'may neither write'],
  ])(
    'changes nothing at a Conjur that knows no dry run and loads what it gets: one who %s',
    async (_, as, status, text) => {
      await using front = await startFront((incoming, __, pass) =>
        pass((incoming.url ?? '/').replace('?dryRun=true', '')),
      );
      const results = await examine(asEnvironment(as, { CYBERARK_API_BASE: front.url }), { write: 'db/never-made' });
      expect(results.at(-1)).toMatchObject({ name: 'write', status, message: expect.stringContaining(text) });
      expect((await faultOf(asAdmin(), { read: 'db/never-made' })).message).toContain('does not exist');
    },
  );

  it('tells a name outside the branch from a missing privilege', async () => {
    const outside = asAdmin({ CYBERARK_POLICY_BRANCH: 'somewhere' });
    expect(await faultOf(outside, { write: 'db/nothing' })).toMatchObject({
      fault: 'settings_invalid',
      message: expect.stringContaining('policy branch "somewhere"'),
    });
    expect((await examine(outside, { write: 'db/password' })).at(-1)).toMatchObject({ status: 'ok' });
  });

  it.each([
    ['read', { CYBERARK_ACCESS_MODE: 'write_only' }],
    ['write', { CYBERARK_ACCESS_MODE: 'read_only' }],
    ['read', { CYBERARK_HOSTED_KEYS: 'db/empty' }],
  ])("tells what the functions' own rules refuse, though Conjur would not: to %s with %j", async (access, rule) => {
    const fault = await faultOf(asAdmin(rule), { [access]: 'db/password' });
    expect(fault).toMatchObject({ name: access, fault: 'settings_invalid' });
    expect(fault.message).toContain(Object.keys(rule)[0]);
  });

  it('tells a clock that is off, and by how much', async () => {
    const results = await examine(asAdmin(), { now: () => Date.now() + 600_000 });
    expect(results.find(({ name }) => name === 'clock')).toMatchObject({
      fault: 'clock_off',
      message: expect.stringMatching(/^This clock is (?:599|600|601) s ahead of Conjur's/),
    });
  });

  it('tells a Conjur whose clock is off behind a front whose clock is right', async () => {
    const slow = await createLocalConjur({ now: () => Date.now() - 120_000 });
    try {
      const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: slow.url, CYBERARK_API_KEY: slow.adminApiKey }));
      expect(fault).toMatchObject({ name: 'whoami', fault: 'clock_off' });
    } finally {
      await slow.close();
    }
  });

  it('reports all settings that are wrong, and examines nothing further', async () => {
    const results = await examine({ CYBERARK_API_BASE: 'conjur', CYBERARK_MAX_ATTEMPTS: 'many' });
    expect(results[0]).toMatchObject({ name: 'settings', fault: 'settings_invalid' });
    expect(results[0]?.message).toContain('CYBERARK_API_BASE');
    expect(results[0]?.message).toContain('CYBERARK_MAX_ATTEMPTS');
    expect(results.slice(1).map(({ status }) => status)).toEqual(results.slice(1).map(() => 'skipped'));
  });

  it('tells a page that answers for Conjur, at each place where one can stand', async () => {
    const page = (reply: ServerResponse): unknown =>
      reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
    await using everywhere = await startFront((_, reply) => page(reply));
    const atLogin = await faultOf(asAdmin({ CYBERARK_API_BASE: everywhere.url }));
    expect(atLogin).toMatchObject({ name: 'authentication', fault: 'unexpected_answer' });
    await using behind = await startFront((incoming, reply, pass) =>
      incoming.url?.endsWith('/authenticate') ? pass(incoming.url) : page(reply),
    );
    const atWhoami = await faultOf(asAdmin({ CYBERARK_API_BASE: behind.url }));
    expect(atWhoami).toMatchObject({ name: 'whoami', fault: 'unexpected_answer' });
    expect(JSON.stringify([atLogin, atWhoami])).not.toContain('<html>');
  });

  it.each([
    ['a value', '/secrets/', { read: 'db/password' }],
    ['a right to rotate', '?check=true', { rotate: 'host:app' }],
    ['a right to write', '?check=true', { write: 'db/password' }],
  ])('takes no page for %s, as the functions take none', async (_, place, asked) => {
    await using front = await startFront((incoming, reply, pass) =>
      incoming.url?.includes(place)
        ? reply.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
        : pass(incoming.url ?? '/'),
    );
    const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: front.url }), asked);
    expect(fault).toMatchObject({ name: Object.keys(asked)[0], fault: 'unexpected_answer' });
    expect(fault.message).toContain('is a web page');
  });

  it('takes neither nothing for a value nor a page for a follower', async () => {
    await using empty = await startFront((incoming, reply, pass) =>
      incoming.url?.startsWith('/secrets/') ? reply.writeHead(200).end() : pass(incoming.url ?? '/'),
    );
    expect(await faultOf(asAdmin({ CYBERARK_API_BASE: empty.url }), { read: 'db/password' })).toMatchObject({
      name: 'read',
      fault: 'unexpected_answer',
    });
    await using page = await startFront((_, reply) => reply.writeHead(200).end('<html>'));
    expect(await faultOf(asAdmin({ CYBERARK_READ_API_BASE: page.url }))).toMatchObject({
      name: 'followers',
      fault: 'unexpected_answer',
    });
  });

  it('examines the followers with the token of the leader', async () => {
    const dead = `http://127.0.0.1:${await findFreePort()}`;
    const followersOf = async (bases: string) =>
      (await examine(asAdmin({ CYBERARK_READ_API_BASE: bases }))).find(({ name }) => name === 'followers');
    expect(await followersOf(conjur.url)).toMatchObject({ status: 'ok' });
    expect(await followersOf(`${conjur.url},${dead}`)).toMatchObject({
      fault: 'host_unreachable',
      message: expect.stringContaining(new URL(dead).host),
      curl: expect.stringContaining(dead),
    });
    const other = await createLocalConjur();
    try {
      expect(await followersOf(other.url)).toMatchObject({
        fault: 'unexpected_answer',
        advice: expect.stringContaining('follows another leader'),
      });
    } finally {
      await other.close();
    }
  });

  it('looks through an http proxy, and shows who signed the certificate behind it', async () => {
    const authority = await createCertificateAuthority('Conjur Test Authority');
    const secure = await createLocalConjur({ tls: await authority.issueServer({ hosts: ['conjur.test'] }) });
    try {
      const proxy = await startHttpProxy({ 'conjur.test:443': Number(new URL(secure.url).port) }, 'me:canary-value');
      const environment = asAdmin({
        CYBERARK_API_BASE: 'https://conjur.test',
        CYBERARK_API_KEY: secure.adminApiKey,
        HTTPS_PROXY: `http://me:canary-value@127.0.0.1:${proxy.port}`,
      });
      const untrusted = await faultOf(environment);
      expect(untrusted).toMatchObject({ name: 'certificate', fault: 'tls_untrusted' });
      expect(untrusted.message).toContain('signed by Conjur Test Authority');
      const trusting = await examine({ ...environment, CYBERARK_CA_CERT: authority.cert });
      expect(trusting.map(({ status }) => status)).toEqual(trusting.map(() => 'ok'));
      const refused = await faultOf({ ...environment, HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
      expect(refused).toMatchObject({ name: 'connection', fault: 'host_unreachable' });
      expect(refused.message).toContain('answers 407');
      expect(JSON.stringify([untrusted, trusting, refused])).not.toContain('canary-value');
    } finally {
      await secure.close();
    }
  });

  it('goes past a proxy that NO_PROXY excepts Conjur from', async () => {
    const dead = `http://127.0.0.1:${await findFreePort()}`;
    const around = await examine(asAdmin({ HTTP_PROXY: dead, NO_PROXY: 'other.test, 127.0.0.1' }));
    expect(around.map(({ status }) => status)).not.toContain('failed');
    expect(await faultOf(asAdmin({ HTTP_PROXY: dead }))).toMatchObject({ fault: 'host_unreachable' });
  });

  it('tells a server that wants a client certificate', async () => {
    const authority = await createCertificateAuthority('Conjur Test Authority');
    const { cert, key } = await authority.issueServer({ hosts: ['127.0.0.1'] });
    const server = createTlsServer({ cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const fault = await faultOf(asAdmin({ CYBERARK_API_BASE: url, CYBERARK_CA_CERT: authority.cert }));
      // The handshake is over for us before such a server refuses (TLS 1.3), and all that is left of that is a broken connection.
      expect(fault).toMatchObject({ name: 'clock', message: expect.stringContaining('CYBERARK_CLIENT_CERT') });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('writes nothing and rotates nothing', async () => {
    await examine(asAdmin(), { read: 'db/empty', write: 'db/new', rotate: 'host:app' });
    expect((await faultOf(asAdmin(), { read: 'db/new' })).message).toContain('does not exist');
    expect((await examine(asHost('host/app'))).map(({ status }) => status)).not.toContain('failed');
  });
});

describe('npm run doctor', () => {
  const run = (environment: Environment, ...args: string[]) =>
    runNode(['infra/doctor/main.ts', ...args], { cwd: root, environment });

  it('prints a line for each check with the equal curl command, and no secret', async () => {
    const { status, stdout, stderr } = await run(asAdmin(), '--read', 'db/password');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ok +authentication +admin is authenticated/m);
    expect(stdout.trim().split('\n').at(-1)).toBe(
      '6 passed, 0 failed, 1 skipped: the functions can work with these settings.',
    );
    expect(stdout).toContain(`-X POST`);
    expect(stdout).toContain('--data "$CYBERARK_API_KEY"');
    for (const secret of [conjur.adminApiKey, 'canary-value']) expect(stdout + stderr).not.toContain(secret);
  });

  it('tells a setting that is misspelt', async () => {
    const { status, stdout } = await run(asAdmin({ CYBERARK_ALOW_DELETE: 'true' }));
    expect(status).toBe(0);
    expect(stdout).toContain('CYBERARK_ALOW_DELETE is not a setting. Did you mean CYBERARK_ALLOW_DELETE?');
  });

  it('gives JSON to machines, and exit status 1 where something failed', async () => {
    const { status, stdout } = await run(asAdmin({ CYBERARK_API_KEY: 'not-the-key' }), '--json');
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as { ok: boolean; checks: CheckResult[] };
    expect(report.ok).toBe(false);
    expect(report.checks.find(({ name }) => name === 'authentication')).toMatchObject({ fault: 'wrong_key' });
    expect(stdout).not.toContain('not-the-key');
  });

  it('prints curl commands that work as they stand', async ({ skip }) => {
    const bash = findProgram('bash');
    if (bash === undefined || findProgram('curl') === undefined) return skip('bash or curl is not on this machine.');
    const environment = asAdmin({ CYBERARK_READ_API_BASE: conjur.url });
    const checks = ['--read', 'db/password', '--write', "db/it's new", '--rotate', 'host:app'];
    const { stdout } = await run(environment, '--json', ...checks);
    const report = JSON.parse(stdout) as { checks: CheckResult[] };
    const commands = report.checks.flatMap(({ name, curl }) =>
      curl === undefined ? [] : [`printf '\\n== ${name} '\n${curl}`],
    );
    const { status, stdout: answers } = await runProgram(bash, ['-c', commands.join('\n')], { cwd: root, environment });
    expect(status, answers).toBe(0);
    const statuses = answers.matchAll(/^== (\w+) HTTP\/1.1 (\d+)/gm);
    expect([...statuses].map(([, name, code]) => `${name} ${code}`)).toEqual([
      'connection 200',
      'whoami 200',
      'read 200',
      'write 200',
      'rotate 204',
    ]);
  });

  it.each([
    ['jwt', { CYBERARK_AUTHN_JWT: 'canary-value' }, '--data-urlencode "jwt=$CYBERARK_AUTHN_JWT"'],
    ['iam', { CYBERARK_USERNAME: 'host/iam/1/role', ...AWS }, '--data "$SIGNED_HEADERS"'],
  ])('prints the body of authn-%s by name', async (authn, more, body) => {
    const environment = {
      CYBERARK_API_BASE: conjur.url,
      CYBERARK_AUTHN: authn,
      CYBERARK_AUTHN_SERVICE_ID: 'x',
      ...more,
    };
    const { stdout, stderr } = await run(environment, '--json');
    const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
    expect(checks.find(({ name }) => name === 'authentication')?.curl).toContain(body);
    expect(stdout + stderr).not.toContain('canary-value');
  });

  it("names Conjur's own variables in the commands where the settings came from them", async () => {
    const environment = { CONJUR_APPLIANCE_URL: conjur.url, CONJUR_AUTHN_API_KEY: conjur.adminApiKey };
    const { status, stdout } = await run(environment);
    expect(status).toBe(0);
    expect(stdout).toContain('--data "$CONJUR_AUTHN_API_KEY"');
  });

  it('tells a Secrets Manager that cannot be reached from a wrong key, with the command to try', async () => {
    const nobody = `http://127.0.0.1:${await findFreePort()}`;
    const environment = { ...AWS, CYBERARK_API_BASE: conjur.url, CYBERARK_API_KEY_SECRET_ID: 'conjur/credential' };
    const { status, stdout } = await run({ ...environment, AWS_ENDPOINT_URL: nobody, AWS_MAX_ATTEMPTS: '1' }, '--json');
    expect(status).toBe(1);
    const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
    expect(checks.find(({ name }) => name === 'authentication')).toMatchObject({
      fault: 'host_unreachable',
      advice: expect.stringContaining('AWS_REGION'),
      curl: "aws secretsmanager get-secret-value --secret-id 'conjur/credential' --query VersionId",
    });
  });

  it('speaks of the login that the secret names, and of its placeholder', async () => {
    const secrets = await createLocalSecretsManager();
    const client = new SecretsManagerClient({
      endpoint: secrets.url,
      region: AWS.AWS_REGION,
      credentials: { accessKeyId: AWS.AWS_ACCESS_KEY_ID, secretAccessKey: AWS.AWS_SECRET_ACCESS_KEY },
    });
    const put = (Name: string, SecretString: string): Promise<unknown> =>
      client.send(new CreateSecretCommand({ Name, SecretString }));
    try {
      await put('placeholder', '{"username":"placeholder","api_key":"canary-value"}');
      await put('real', JSON.stringify({ username: 'host/other', api_key: keys.get('host/other') }));
      const examineWith = async (secretId: string): Promise<CheckResult | undefined> => {
        const base = { ...AWS, AWS_ENDPOINT_URL: secrets.url, CYBERARK_API_BASE: conjur.url };
        const environment = { ...base, CYBERARK_API_KEY_SECRET_ID: secretId };
        const { stdout } = await run(environment, '--json', '--read', 'db/password');
        expect(stdout).not.toContain('canary-value');
        return (JSON.parse(stdout) as { checks: CheckResult[] }).checks.find(({ status }) => status === 'failed');
      };
      const refused = await examineWith('placeholder');
      expect(refused?.message).toContain('"placeholder"');
      expect(refused?.advice).toContain('put in (docs/deployment.md)');
      expect((await examineWith('real'))?.advice).toContain('role: !host /other');
    } finally {
      client.destroy();
      await secrets.close();
    }
  });

  it('tells what to look at where a certificate is refused, and not to look for a key', async () => {
    await using front = await startFront((incoming, reply, pass) =>
      incoming.url?.endsWith('/authenticate') ? reply.writeHead(401).end() : pass(incoming.url ?? '/'),
    );
    const authority = await createCertificateAuthority('Clients');
    const { cert, key } = await authority.issueClient({ commonName: 'app' });
    const identity = { CYBERARK_AUTHN: 'cert', CYBERARK_CLIENT_CERT: cert, CYBERARK_CLIENT_KEY: key };
    const fault = await faultOf({ CYBERARK_API_BASE: front.url, CYBERARK_AUTHN_SERVICE_ID: 'mesh', ...identity });
    expect(fault).toMatchObject({ name: 'authentication', fault: 'wrong_key' });
    expect(fault.advice).toContain('CYBERARK_CLIENT_CERT');
    expect(fault.advice).not.toContain('rotated');
  });

  it('tells that there are no AWS credentials to sign in with', async () => {
    const iam = { CYBERARK_AUTHN: 'iam', CYBERARK_AUTHN_SERVICE_ID: 'x', CYBERARK_USERNAME: 'host/iam/1/role' };
    const without = { AWS_REGION: AWS.AWS_REGION, AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nonexistent' };
    const { stdout } = await run({ CYBERARK_API_BASE: conjur.url, ...iam, ...without }, '--json');
    const { checks } = JSON.parse(stdout) as { checks: CheckResult[] };
    expect(checks.find(({ name }) => name === 'authentication')).toMatchObject({
      fault: 'wrong_key',
      advice: expect.stringContaining('Give this process AWS credentials'),
    });
  });

  it.each([
    ['--read', '../other'],
    ['--write', ''],
    ['--rotate', ' '],
  ])('gives exit status 2 for %s "%s", which names nothing', async (flag, name) => {
    const { status, stderr } = await run(asAdmin(), flag, name);
    expect(status).toBe(2);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^doctor: /)]);
  });

  it('gives exit status 2 for a flag that it does not know', async () => {
    const { status, stderr } = await run(asAdmin(), '--raed', 'db/password');
    expect(status).toBe(2);
    expect(stderr).toContain('--raed');
  });
});

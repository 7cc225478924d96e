import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromEnv } from '../../../lib/env.ts';
import {
  type CertificateAuthority,
  createCertificateAuthority,
  type IssuedCertificate,
} from '../../support/certificates.ts';
import { refusalBy } from '../../support/refusal-by.ts';
import { startClient } from './start-client.ts';

let root: CertificateAuthority;
let intermediate: CertificateAuthority;
let server: IssuedCertificate;
let client: IssuedCertificate;
let directory: string;

beforeAll(async () => {
  root = await createCertificateAuthority('root');
  intermediate = await root.issueAuthority('intermediate');
  server = await intermediate.issueServer({ hosts: ['127.0.0.1'] });
  client = await root.issueClient({ commonName: 'app' });
  directory = mkdtempSync(join(tmpdir(), 'pem-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function inFile(text: string | Buffer): string {
  const path = join(directory, randomBytes(6).toString('hex'));
  writeFileSync(path, text);
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What an environment variable, a shell, a .env file or a template makes of a PEM. */
const FORMS: readonly [string, (pem: string) => string][] = [
  ['as it is', (pem) => pem],
  ['the path of its file', inFile],
  ['the path, in quotes', (pem) => `"${inFile(pem)}"`],
  ['the path of a file with CRLF and a byte order mark', (pem) => inFile(`\ufeff${pem.replaceAll('\n', '\r\n')}`)],
  ['the path of a file that holds base64 of it', (pem) => inFile(base64(pem))],
  ['without a line break at its end', (pem) => pem.trim()],
  ['\\n', (pem) => pem.replaceAll('\n', '\\n')],
  ['\\\\n', (pem) => pem.replaceAll('\n', '\\\\n')],
  ['\\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
  ['\\\\r\\\\n', (pem) => pem.replaceAll('\n', '\\\\r\\\\n')],
  ['CRLF', (pem) => pem.replaceAll('\n', '\r\n')],
  ['CR', (pem) => pem.replaceAll('\n', '\r')],
  ['spaces for line breaks', (pem) => pem.replaceAll('\n', ' ')],
  ['one line', (pem) => pem.replaceAll('\n', '')],
  ['indented', (pem) => pem.replaceAll(/^/gm, '    ')],
  ['indented by tabs, with blank lines', (pem) => pem.replaceAll('\n', '\n\n\t')],
  ['in double quotes', (pem) => `"${pem}"`],
  ['in single quotes', (pem) => `'${pem}'`],
  ['as a JSON string', (pem) => JSON.stringify(pem)],
  ['each line in quotes, as a list', (pem) => JSON.stringify(pem.trim().split('\n'))],
  ['lines that are continued by a backslash', (pem) => pem.replaceAll('\n', '\\\n')],
  ['base64 of it', base64],
  ['base64 of it in lines, in quotes', (pem) => `"${base64(pem).replaceAll(/.{76}/g, '$&\n')}"`],
  ['with words around it', (pem) => `Bag Attributes\n    friendlyName: app\nsubject=CN = app\n${pem}\n# the end\n`],
];

async function loginWith(environment: Record<string, string>): Promise<string> {
  const tls = { ...server, cert: `${server.cert}\n${intermediate.cert}`, clientCa: root.cert };
  const { admin } = await startClient(
    { tls },
    {
      CYBERARK_CA_CERT: root.cert,
      CYBERARK_CLIENT_CERT: client.cert,
      CYBERARK_CLIENT_KEY: client.key,
      CYBERARK_MAX_ATTEMPTS: '1',
      ...environment,
    },
  );
  return (await admin.whoami()).login;
}

function refusalOf(environment: Record<string, string>): string {
  return refusalBy(() => fromEnv({ CYBERARK_API_KEY: 'sesame', ...environment }));
}

describe('a PEM in an environment variable is taken, and works in a handshake', () => {
  it.each(FORMS)('%s', async (_, form) => {
    expect(
      await loginWith({
        CYBERARK_CA_CERT: form(root.cert),
        CYBERARK_CLIENT_CERT: form(client.cert),
        CYBERARK_CLIENT_KEY: form(client.key),
      }),
    ).toBe('admin');
  });

  it('a key of the older formats, and a file that holds certificate and key', async () => {
    const sec1 = createPrivateKey(client.key).export({ format: 'pem', type: 'sec1' }) as string;
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    expect(await loginWith({ CYBERARK_CLIENT_KEY: (parameters + sec1).replaceAll('\n', '\\n') })).toBe('admin');
    const both = inFile(client.key + client.cert);
    expect(await loginWith({ CYBERARK_CLIENT_CERT: both, CYBERARK_CLIENT_KEY: both })).toBe('admin');
  });

  it('a chain in whatever order: the certificate of the key goes first', async () => {
    const below = await intermediate.issueClient({ commonName: 'app' });
    const chain = { CYBERARK_CLIENT_CERT: intermediate.cert + below.cert, CYBERARK_CLIENT_KEY: below.key };
    expect(await loginWith(chain)).toBe('admin');
  });

  it('authorities together: that of Conjur beside others', async () => {
    const other = await createCertificateAuthority('other');
    expect(await loginWith({ CYBERARK_CA_CERT: `${other.cert}${root.cert}`.replaceAll('\n', ' ') })).toBe('admin');
  });

  it('an intermediate authority, or the server’s own certificate, in the place of the root', async () => {
    expect(await loginWith({ CYBERARK_CA_CERT: intermediate.cert })).toBe('admin');
    expect(await loginWith({ CYBERARK_CA_CERT: server.cert })).toBe('admin');
  });
});

describe('a PEM that cannot be used fails at start, by the name of its variable', () => {
  const pair = () => ({ CYBERARK_CLIENT_CERT: client.cert, CYBERARK_CLIENT_KEY: client.key });
  const altered = (pem: string): string => pem.replace(/\n.{8}/, '\nAAAAAAAA');

  it.each<[string, RegExp, () => Record<string, string>]>([
    ['a key for a CA', /CYBERARK_CA_CERT must .*holds: PRIVATE KEY/, () => ({ CYBERARK_CA_CERT: client.key })],
    [
      'a request for a certificate',
      /CYBERARK_CA_CERT must .*holds: CERTIFICATE REQUEST/,
      () => ({ CYBERARK_CA_CERT: root.cert.replaceAll('CERTIFICATE', 'CERTIFICATE REQUEST') }),
    ],
    [
      'a certificate with trust of its own',
      /CYBERARK_CA_CERT must .*holds: TRUSTED CERTIFICATE/,
      () => ({ CYBERARK_CA_CERT: root.cert.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE') }),
    ],
    ['no last line', /CYBERARK_CA_CERT .*-----END/, () => ({ CYBERARK_CA_CERT: root.cert.replace(/-----END.*/s, '') })],
    [
      'an altered certificate',
      /CYBERARK_CA_CERT holds a certificate/,
      () => ({ CYBERARK_CA_CERT: altered(root.cert) }),
    ],
    [
      'an altered certificate among good ones',
      /CYBERARK_CA_CERT holds a certificate \(number 2\)/,
      () => ({ CYBERARK_CA_CERT: root.cert + altered(root.cert) }),
    ],
    ['a file that is none', /CYBERARK_CA_CERT is neither/, () => ({ CYBERARK_CA_CERT: '/no/such.pem' })],
    [
      'a file of something else',
      /CYBERARK_CA_CERT must be a PEM/,
      () => ({ CYBERARK_CA_CERT: inFile(randomBytes(400)) }),
    ],
    [
      'base64 of something else',
      /CYBERARK_CA_CERT is neither/,
      () => ({ CYBERARK_CA_CERT: randomBytes(400).toString('base64') }),
    ],
    ['CONJUR_SSL_CERTIFICATE', /CONJUR_SSL_CERTIFICATE/, () => ({ CONJUR_SSL_CERTIFICATE: altered(root.cert) })],
    [
      'a certificate for a key',
      /CYBERARK_CLIENT_KEY must .*holds: CERTIFICATE/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: client.cert }),
    ],
    [
      'an altered key',
      /CYBERARK_CLIENT_KEY holds a private key/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: altered(client.key) }),
    ],
    [
      'an encrypted key (PKCS#8)',
      /CYBERARK_CLIENT_KEY is an encrypted private key/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: encrypted('pkcs8') }),
    ],
    [
      'an encrypted key (PKCS#1)',
      /CYBERARK_CLIENT_KEY is an encrypted private key/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: encrypted('pkcs1').replaceAll('\n', '\\n') }),
    ],
    [
      'a key in OpenSSH’s format',
      /CYBERARK_CLIENT_KEY holds a private key \(OPENSSH/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: client.key.replaceAll('PRIVATE KEY', 'OPENSSH PRIVATE KEY') }),
    ],
    ['two keys', /CYBERARK_CLIENT_KEY holds more/, () => ({ ...pair(), CYBERARK_CLIENT_KEY: client.key + server.key })],
    [
      'a pair that does not match',
      /CYBERARK_CLIENT_KEY does not belong to the certificate in CYBERARK_CLIENT_CERT/,
      () => ({ ...pair(), CYBERARK_CLIENT_KEY: server.key }),
    ],
    [
      'a pair in files that does not match',
      /CYBERARK_CLIENT_KEY_FILE|CYBERARK_CLIENT_KEY/,
      () => ({ CYBERARK_CLIENT_CERT_FILE: inFile(client.cert), CYBERARK_CLIENT_KEY_FILE: inFile(server.key) }),
    ],
  ])('%s', (_, message, environment) => {
    const refusal = refusalOf(environment());
    expect(refusal).toMatch(message);
    // What is no secret, either, is not repeated.
    expect(refusal).not.toMatch(/[A-Za-z0-9+/]{40}/);
  });

  it('a pair that OpenSSL does not take, since its key is too short', async () => {
    const { cert, key } = await root.issueClient({ commonName: 'app', rsaBits: 1024 });
    const environment = { CYBERARK_CLIENT_CERT: cert, CYBERARK_CLIENT_KEY: key };
    expect(refusalOf(environment)).toMatch(/CYBERARK_CLIENT_CERT .*KEY_TOO_SMALL.*2048 bits/);
    const { cert: taken, key: itsKey } = await root.issueClient({ commonName: 'app', rsaBits: 2048 });
    expect(await loginWith({ CYBERARK_CLIENT_CERT: taken, CYBERARK_CLIENT_KEY: itsKey })).toBe('admin');
  });

  function encrypted(type: 'pkcs1' | 'pkcs8'): string {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return privateKey.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: 'sesame' }) as string;
  }
});

describe('a certificate of Conjur’s that is not taken is told by what is wrong with it', () => {
  async function failureOf(identity: IssuedCertificate, ca = root.cert): Promise<Error> {
    const { admin } = await startClient({ tls: identity }, { CYBERARK_CA_CERT: ca });
    return admin.whoami().then(
      () => new Error('It was taken.'),
      (error: Error) => error,
    );
  }

  it.each<[string, RegExp, () => Promise<Error>]>([
    ['one for clients', /INVALID_PURPOSE.*for servers/, async () => failureOf(client)],
    [
      'one that a certificate signed which is none of an authority',
      /INVALID_CA|INVALID_PURPOSE|UNABLE_TO/,
      async () => failureOf(server, client.cert),
    ],
    ['an intermediate that is not sent', /UNABLE_TO.*CYBERARK_CA_CERT.*intermediate/, async () => failureOf(server)],
    [
      'one of other hosts',
      /ALTNAME_INVALID.*CYBERARK_API_BASE/,
      async () => failureOf(await root.issueServer({ hosts: ['other.example'] })),
    ],
    [
      'one that has expired',
      /CERT_HAS_EXPIRED.*renewed/,
      async () => failureOf(await root.issueServer({ hosts: ['127.0.0.1'], notAfter: new Date(Date.now() - 1_000) })),
    ],
  ])('%s', async (_, message, fail) => {
    const error = await fail();
    expect(error).toMatchObject({ code: 'upstream_unavailable', message: expect.stringMatching(message) });
  });
});

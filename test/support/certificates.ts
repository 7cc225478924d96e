// @peculiar/x509 finds its parts through tsyringe, which needs this polyfill and does not load it itself.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both PEM. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateAuthority {
  /** The authority's own certificate, PEM: what a peer must trust. */
  readonly cert: string;
  /** A server certificate for DNS names and IP addresses. The first host is its common name. */
  issueServer(options: { readonly hosts: readonly string[]; readonly notAfter?: Date }): Promise<IssuedCertificate>;
  /** An authority below this one: an intermediate. */
  issueAuthority(name: string): Promise<CertificateAuthority>;
  /** A client certificate; `uri` becomes a URI subject alternative name, such as `spiffe://example.org/app`. */
  issueClient(options: {
    readonly commonName: string;
    readonly uri?: string;
    readonly notAfter?: Date;
    /** An RSA key of so many bits. Default: an elliptic curve. */
    readonly rsaBits?: number;
  }): Promise<IssuedCertificate>;
}

const DAY_MS = 86_400_000;
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * Makes a certificate authority that lives as long as the test: keys and certificates (ECDSA P-256) are new each time, and valid
 * from yesterday until tomorrow.
 */
export async function createCertificateAuthority(name: string): Promise<CertificateAuthority> {
  const keys = await createKeyPair();
  return toAuthority(name, keys, { name: `CN=${name}`, keys: keys.privateKey });
}

interface Signer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKey;
}

async function toAuthority(name: string, keys: webcrypto.CryptoKeyPair, signer: Signer): Promise<CertificateAuthority> {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: `CN=${name}`,
      issuer: signer.name,
      publicKey: keys.publicKey,
      signingKey: signer.keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      ...toValidity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  const issue = async (request: IssueRequest): Promise<IssuedCertificate> => {
    const own = await createKeyPair(request.rsaBits);
    return sign(request, own, { name: certificate.subject, keys: keys.privateKey });
  };
  return {
    cert: certificate.toString('pem'),
    issueServer: ({ hosts, notAfter }) => issue({ ...forHosts(hosts), notAfter }),
    issueAuthority: async (below) =>
      toAuthority(below, await createKeyPair(), { name: certificate.subject, keys: keys.privateKey }),
    issueClient: ({ commonName, uri, notAfter, rsaBits }) =>
      issue({
        commonName,
        rsaBits,
        names: uri === undefined ? [] : [{ type: 'url', value: uri }],
        usage: x509.ExtendedKeyUsage.clientAuth,
        notAfter,
      }),
  };
}

/** A server certificate that no authority signed. The first host is its common name. */
export async function createSelfSigned(hosts: readonly string[]): Promise<IssuedCertificate> {
  const keys = await createKeyPair();
  return sign(forHosts(hosts), keys, { name: `CN=${hosts[0]}`, keys: keys.privateKey });
}

interface IssueRequest {
  readonly commonName: string;
  readonly names: x509.JsonGeneralNames;
  readonly usage: string;
  readonly notAfter?: Date | undefined;
  readonly rsaBits?: number | undefined;
}

function forHosts(hosts: readonly string[]): IssueRequest {
  return {
    commonName: hosts[0] ?? '',
    names: hosts.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value })),
    usage: x509.ExtendedKeyUsage.serverAuth,
  };
}

async function sign(
  { commonName, names, usage, notAfter }: IssueRequest,
  own: webcrypto.CryptoKeyPair,
  signer: Signer,
): Promise<IssuedCertificate> {
  const issued = await x509.X509CertificateGenerator.create(
    {
      subject: `CN=${commonName}`,
      issuer: signer.name,
      publicKey: own.publicKey,
      signingKey: signer.keys,
      signingAlgorithm: SIGNING_ALGORITHM,
      ...toValidity(notAfter),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    },
    webcrypto,
  );
  return { cert: issued.toString('pem'), key: await toPem(own.privateKey) };
}

function createKeyPair(rsaBits?: number): Promise<webcrypto.CryptoKeyPair> {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: Uint8Array.of(1, 0, 1) };
  const algorithm = rsaBits === undefined ? KEY_ALGORITHM : { ...rsa, modulusLength: rsaBits };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function toValidity(notAfter = new Date(Date.now() + DAY_MS)): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Math.min(Date.now(), notAfter.getTime()) - DAY_MS), notAfter };
}

async function toPem(privateKey: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

import type { X509Certificate } from 'node:crypto';

/** What a certificate says of its holder. */
export interface CertificateIdentity {
  readonly commonName: string | undefined;
  readonly uris: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Reads the common name and the subject alternative names (RFC 5280, 4.2.1.6). */
export function toCertificateIdentity(certificate: X509Certificate): CertificateIdentity {
  const names = (certificate.subjectAltName ?? '').split(
    /, (?=(?:DNS|URI|IP Address|email|DirName|othername|Registered ID):)/,
  );
  const of = (kind: string) =>
    names.filter((name) => name.startsWith(`${kind}:`)).map((name) => unquote(name.slice(kind.length + 1)));
  return {
    commonName: /^CN=(.*)$/m.exec(certificate.subject)?.[1],
    uris: of('URI'),
    dnsNames: of('DNS'),
    ipAddresses: of('IP Address'),
  };
}

/** Node writes a name that holds special characters as a JSON string. */
function unquote(name: string): string {
  return name.startsWith('"') ? JSON.parse(name) : name;
}

/** The trust domain and the workload path of `spiffe://domain/path`; undefined unless there is exactly one such URI. */
export function parseSpiffeId(uris: readonly string[]): { trustDomain: string; path: string } | undefined {
  const ids = uris.filter((uri) => uri.startsWith('spiffe://'));
  const [, trustDomain, path] = /^spiffe:\/\/([^/]+)\/(.+)$/.exec(ids[0] ?? '') ?? [];
  return ids.length === 1 && trustDomain && path ? { trustDomain, path } : undefined;
}

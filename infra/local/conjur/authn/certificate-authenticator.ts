import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { ConjurRequest } from '../http/conjur-request.ts';
import type { ServerContext } from '../server-context.ts';
import {
  authorizeService,
  refuse,
  requireService,
  type ServiceLogin,
  serviceAnnotations,
  serviceVariable,
} from './authorize-service.ts';
import { type CertificateIdentity, parseSpiffeId, toCertificateIdentity } from './certificate-identity.ts';
import { toRoleId } from './login.ts';

/**
 * Logs in with the client certificate of the connection.
 *
 * In request mode (the default) the path names the host, whose annotations say what its certificate must hold. With the
 * variable `host-mode` set to `spiffe`, the host is `<identity-path>/<path of the SPIFFE id>`, and `trust-domain` must
 * be the SPIFFE id's. The variable `ca-cert` names the CA; without it, the server's own client CA decides.
 *
 * @param given the login of the path; absent in SPIFFE mode.
 * @returns the role that logs in.
 * @throws {ReplyError} 401 for any reason.
 */
export function authenticateByCertificate(
  context: ServerContext,
  login: ServiceLogin,
  given: string | undefined,
  socket: ConjurRequest['socket'],
): string {
  requireService(context, login);
  const identity = toCertificateIdentity(requireCertificate(context, login, socket));
  const isSpiffe = serviceVariable(context, login, 'host-mode')?.trim() === 'spiffe';
  const roleId = isSpiffe ? spiffeRole(context, login, given, identity) : requestedRole(context, login, given);
  authorizeService(context, login, roleId);
  checkAnnotations(context, login, roleId, identity, isSpiffe);
  return roleId;
}

function requireCertificate(
  context: ServerContext,
  login: ServiceLogin,
  socket: ConjurRequest['socket'],
): X509Certificate {
  const certificate = clientCertificate(socket);
  if (!certificate) throw refuse(context, login, 'the client has shown no certificate');
  const bundle = serviceVariable(context, login, 'ca-cert');
  const isTrusted = bundle === undefined ? isSocketAuthorized(socket) : isSignedBy(certificate, bundle);
  if (!isTrusted) throw refuse(context, login, 'the client certificate is not signed by the trusted CA');
  const now = context.now();
  if (now < Date.parse(certificate.validFrom) || now > Date.parse(certificate.validTo)) {
    throw refuse(context, login, 'the client certificate is not valid at this time');
  }
  return certificate;
}

/** The certificate that the client has shown, checked or not; undefined without TLS or without a certificate. */
function clientCertificate(socket: ConjurRequest['socket']): X509Certificate | undefined {
  return socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
}

/** Whether the client has shown a certificate that the server's client CA has signed. */
export function isSocketAuthorized(socket: ConjurRequest['socket']): boolean {
  return socket instanceof TLSSocket && socket.authorized;
}

/** Whether one of the CAs, or an intermediate of theirs in the bundle, has signed the certificate. */
function isSignedBy(certificate: X509Certificate, bundle: string): boolean {
  const pems = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const authorities = pems.map((pem) => new X509Certificate(pem));
  const isRoot = (ca: X509Certificate) => ca.checkIssued(ca);
  const issuerOf = (child: X509Certificate) =>
    authorities.find((ca) => ca.ca && child.checkIssued(ca) && child.verify(ca.publicKey));
  let issuer = issuerOf(certificate);
  for (let depth = 0; issuer && !isRoot(issuer) && depth < authorities.length; depth += 1) issuer = issuerOf(issuer);
  return issuer !== undefined && isRoot(issuer);
}

function requestedRole(context: ServerContext, login: ServiceLogin, given: string | undefined): string {
  if (given === undefined) throw refuse(context, login, 'the path names no host, and host-mode is not spiffe');
  return toRoleId(login.account, given);
}

function spiffeRole(
  context: ServerContext,
  login: ServiceLogin,
  given: string | undefined,
  identity: CertificateIdentity,
): string {
  if (given !== undefined) throw refuse(context, login, 'host-mode is spiffe, so the path may not name a host');
  const spiffe = parseSpiffeId(identity.uris);
  if (!spiffe) throw refuse(context, login, 'the client certificate does not hold exactly one SPIFFE id');
  if (spiffe.trustDomain !== serviceVariable(context, login, 'trust-domain')?.trim()) {
    throw refuse(context, login, `the trust domain ${spiffe.trustDomain} is not the one of the variable trust-domain`);
  }
  const path = serviceVariable(context, login, 'identity-path')?.trim();
  if (!path) throw refuse(context, login, 'the variable identity-path has no value');
  return `${login.account}:host:${path}/${spiffe.path}`;
}

/** Every name that an annotation of the host asks for must stand in the certificate; request mode needs one at least. */
function checkAnnotations(
  context: ServerContext,
  login: ServiceLogin,
  roleId: string,
  identity: CertificateIdentity,
  isSpiffe: boolean,
): void {
  const held: Readonly<Record<string, readonly string[]>> = {
    'san-uri': identity.uris,
    'san-dns': identity.dnsNames,
    'san-ip': identity.ipAddresses,
    cn: identity.commonName === undefined ? [] : [identity.commonName],
  };
  const everywhere = context.database.all(
    "SELECT substr(name, 12) AS name, value FROM annotations WHERE resource_id = ? AND name LIKE 'authn-cert/%'",
    roleId,
  );
  const wanted = new Map(everywhere.map((row) => [String(row.name), String(row.value)]));
  for (const [name, value] of serviceAnnotations(context, login, roleId)) wanted.set(name, value);
  const restrictions = [...wanted].filter(([name]) => Object.hasOwn(held, name));
  if (restrictions.length === 0 && !isSpiffe) {
    throw refuse(context, login, `${roleId} has no annotation authn-cert/${login.service}/{san-uri,san-dns,san-ip,cn}`);
  }
  for (const [name, value] of restrictions) {
    const names = value.split(',').map((item) => item.trim());
    if (!names.every((item) => held[name]?.includes(item))) {
      throw refuse(context, login, `the certificate does not hold what the annotation ${name} of ${roleId} asks for`);
    }
  }
}

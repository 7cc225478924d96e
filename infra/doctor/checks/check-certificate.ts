import { checkServerIdentity, connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { explainFault, SPEAKS_NO_TLS } from '../../../lib/explain-fault.ts';
import { HttpFault } from '../../../lib/http/fault.ts';
import { bareHost, portOf } from '../../../lib/http/no-proxy.ts';
import { createNameOf, type Settings } from '../../../lib/settings.ts';
import { type CheckOutcome, failed, passed } from '../check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { findProxy } from '../find-proxy.ts';
import { CONNECT_TIMEOUT_MS, openConnection } from '../open-connection.ts';

interface Shown {
  readonly error: string | undefined;
  readonly subject: string;
  /** From the server's certificate upwards: who signed whom. */
  readonly signers: readonly string[];
  readonly validTo: string;
  readonly fingerprint: string;
}

/** Whether the server's certificate is trusted here; where it is not, who signed it. */
export async function checkCertificate({ settings }: DoctorContext): Promise<CheckOutcome> {
  const url = settings.baseUrl;
  if (url.protocol !== 'https:')
    return { status: 'skipped', message: 'The connection is plain http: there is no certificate.' };
  const proxy = findProxy(settings);
  const curl = `openssl s_client -showcerts -servername ${url.hostname} -connect ${url.hostname}:${portOf(url)}${proxy === undefined ? '' : ` -proxy ${proxy.host}`} </dev/null`;
  let shown: Shown;
  try {
    shown = await showCertificate(settings);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const advice = code === SPEAKS_NO_TLS ? NO_TLS_ADVICE : handshakeAdvice(settings);
    return failed('tls_untrusted', `The TLS handshake failed: ${code ?? message}.`, advice, { curl, fatal: true });
  }
  if (shown.error === undefined)
    return passed(
      `${shown.subject} is trusted, signed by ${shown.signers.join(', that by ')}, valid until ${shown.validTo}.`,
      curl,
    );
  if (!settings.tls.verify)
    return passed(
      `${shown.subject} is NOT trusted (${shown.error}), and CYBERARK_SSL_VERIFY is false: whoever stands in between can read everything.`,
      curl,
    );
  return failed(
    'tls_untrusted',
    `The certificate of ${shown.subject} is not trusted (${shown.error}). It is signed by ${shown.signers.join(', that by ')}, valid until ${shown.validTo}, SHA-256 ${shown.fingerprint}.`,
    adviceFor(shown, settings),
    { curl, fatal: true },
  );
}

const NO_TLS_ADVICE =
  'That port does not speak TLS. Check the port in CYBERARK_API_BASE; if it is one for plain http, the URL begins with http://.';
const CLIENT_CERTIFICATE_ADVICE =
  'A server that wants a client certificate ends the handshake like this: then set CYBERARK_CLIENT_CERT and CYBERARK_CLIENT_KEY.';
const CLIENT_REFUSED_ADVICE =
  'The server may refuse the client certificate: check its dates, its key, and that the server trusts its signer.';

function handshakeAdvice({ tls }: Settings): string {
  return tls.clientCert === undefined ? CLIENT_CERTIFICATE_ADVICE : CLIENT_REFUSED_ADVICE;
}

function adviceFor({ error, signers }: Shown, settings: Settings): string {
  if (error === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate names other hosts than ${settings.baseUrl.hostname}. Put one of its names into CYBERARK_API_BASE.`;
  if (error === 'CERT_HAS_EXPIRED') return 'The certificate has expired: have it renewed.';
  if (error !== undefined && !/^(?:UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO)/.test(error))
    return explainFault('tls', new HttpFault('tls', error), createNameOf(settings));
  const signer = signers.at(-1) ?? 'its signer';
  return `If "${signer}" is your own authority, get its certificate from whoever runs Conjur, compare the fingerprint with them, and put its path or its PEM into CYBERARK_CA_CERT. It is then the only authority that is trusted.`;
}

async function showCertificate(settings: Settings): Promise<Shown> {
  const { baseUrl, tls } = settings;
  const host = bareHost(baseUrl);
  const socket = connect({
    socket: await openConnection(settings),
    // With a socket given, this is the name that the certificate is compared with, and no more.
    host,
    servername: /[a-z]/i.test(host) && !host.includes(':') ? host : '',
    ...(tls.ca === undefined ? {} : { ca: tls.ca, allowPartialTrustChain: true }),
    cert: tls.clientCert?.expose(),
    key: tls.clientKey?.expose(),
    // To be able to tell who signed it. Nothing is sent over this connection.
    rejectUnauthorized: false,
  });
  try {
    await handshake(socket);
    return describe(socket, host);
  } finally {
    socket.destroy();
  }
}

function handshake(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => reject(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)));
    socket.once('error', reject);
  });
}

function describe(socket: TLSSocket, host: string): Shown {
  const certificate = socket.getPeerCertificate(true);
  const chainError = socket.authorized ? undefined : String(socket.authorizationError);
  const nameError = checkServerIdentity(host, certificate) as (Error & { code?: string }) | undefined;
  return {
    error: chainError ?? nameError?.code,
    subject: nameOf(certificate.subject),
    signers: listSigners(certificate),
    validTo: certificate.valid_to,
    fingerprint: certificate.fingerprint256,
  };
}

/** The last is the one whose certificate the server did not send, or that signed itself. */
function listSigners(certificate: DetailedPeerCertificate): string[] {
  const signers = [nameOf(certificate.issuer)];
  let current = certificate;
  while (current.issuerCertificate !== undefined && current.issuerCertificate !== current) {
    current = current.issuerCertificate;
    const signer = nameOf(current.issuer);
    if (signer === signers.at(-1)) break;
    signers.push(signer);
  }
  return signers;
}

function nameOf(name: DetailedPeerCertificate['subject'] | undefined): string {
  const { O, CN } = (name ?? {}) as { O?: string; CN?: string };
  return [CN, O].filter((part) => part !== undefined).join(', ') || 'nobody named';
}

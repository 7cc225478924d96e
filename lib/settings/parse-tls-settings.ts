import { Secret } from '../secret.ts';
import type { EnvironmentReader } from './environment-reader.ts';
import type { TlsSettings } from './settings.ts';

type ReadFile = (path: string) => string;

/** Certificates and keys, each given as a path or as the PEM itself. */
export function parseTlsSettings(reader: EnvironmentReader, readFile: ReadFile): TlsSettings {
  const clientCert = readPem(reader, readFile, 'CERTIFICATE', 'CYBERARK_CLIENT_CERT');
  const clientKey = readPem(reader, readFile, 'PRIVATE KEY', 'CYBERARK_CLIENT_KEY');
  if (clientCert !== undefined && clientKey === undefined) {
    reader.problem('CYBERARK_CLIENT_KEY', 'must go with CYBERARK_CLIENT_CERT');
  }
  if (clientKey !== undefined && clientCert === undefined) {
    reader.problem('CYBERARK_CLIENT_CERT', 'must go with CYBERARK_CLIENT_KEY');
  }
  return {
    verify: reader.flag('CYBERARK_SSL_VERIFY', true),
    ca: readPem(reader, readFile, 'CERTIFICATE', 'CYBERARK_CA_CERT', 'CONJUR_SSL_CERTIFICATE', 'CONJUR_CERT_FILE'),
    clientCert: clientCert === undefined ? undefined : Secret.of(clientCert),
    clientKey: clientKey === undefined ? undefined : Secret.of(clientKey),
  };
}

function readPem(
  reader: EnvironmentReader,
  readFile: ReadFile,
  label: string,
  ...variables: string[]
): string | undefined {
  const text = reader.text(...variables);
  if (text === undefined) return undefined;
  const variable = reader.nameOf(...variables);
  // A PEM in an environment variable often comes with its line breaks written as \n.
  const pem = text.includes('-----BEGIN')
    ? text.replaceAll('\\n', '\n')
    : readPemFile(reader, readFile, variable, text.trim());
  if (pem !== undefined && !new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(pem)) {
    reader.problem(variable, `must be a PEM, or the path of one, that holds a ${label}`);
  }
  return pem;
}

function readPemFile(
  reader: EnvironmentReader,
  readFile: ReadFile,
  variable: string,
  path: string,
): string | undefined {
  try {
    return readFile(path);
  } catch {
    // Not the cause: its message would show the value, which may be a key without its header.
    reader.problem(variable, 'is neither a PEM nor the path of a file that can be read');
    return undefined;
  }
}

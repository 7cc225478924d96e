import { findPem } from '../../lib/pem.ts';
import type { Settings } from '../../lib/settings.ts';

/** How a shell names what is secret, and the certificates: for the curl commands. */
export interface ShellValues {
  readonly apiKey: string;
  readonly jwt: string;
  /** Arguments that take a file. */
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** By the variables that the settings came from: ours, or Conjur's own. */
export function toShellValues(environment: Environment, { auth }: Settings): ShellValues {
  const apiKeySecretId = 'apiKeySecretId' in auth ? auth.apiKeySecretId : undefined;
  const jwtFile = 'jwtFile' in auth ? auth.jwtFile : undefined;
  const nameOf = (...names: string[]): string =>
    names.find((name) => environment[name]?.trim()) ?? (names[0] as string);
  const file = (...names: string[]): string => {
    const name = nameOf(...names);
    const value = environment[name] ?? '';
    // A PEM itself, whose line breaks may be written \n, or base64 of one.
    if (value.includes('-----BEGIN')) return `<(printf '%b' "$${name}")`;
    return findPem(value) === undefined ? `"$${name}"` : `<(printf '%s' "$${name}" | base64 -d)`;
  };
  return {
    apiKey:
      apiKeySecretId === undefined
        ? `$${nameOf('CYBERARK_API_KEY', 'CONJUR_AUTHN_API_KEY')}`
        : `$(${toSecretCommand(apiKeySecretId, 'SecretString')} --output text | jq -rRs '(fromjson? | .api_key?) // .')`,
    jwt: jwtFile === undefined ? '$CYBERARK_AUTHN_JWT' : '$(cat "$CYBERARK_AUTHN_JWT_FILE")',
    ca: file('CYBERARK_CA_CERT', 'CONJUR_SSL_CERTIFICATE', 'CONJUR_CERT_FILE'),
    clientCert: file('CYBERARK_CLIENT_CERT'),
    clientKey: file('CYBERARK_CLIENT_KEY'),
  };
}

/** @param part of the answer that is shown: `SecretString`, or `VersionId`, which is no secret */
export function toSecretCommand(secretId: string, part: 'SecretString' | 'VersionId'): string {
  return `aws secretsmanager get-secret-value --secret-id '${secretId.replaceAll("'", '')}' --query ${part}`;
}

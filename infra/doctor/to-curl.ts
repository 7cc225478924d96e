import type { Settings } from '../../lib/settings/settings.ts';
import type { ConjurRequest } from '../../lib/transport/conjur-request.ts';

/** Headers whose values are secrets, with what stands for them. */
const SECRET_HEADERS: Readonly<Record<string, string>> = { authorization: 'Token token=\\"$TOKEN\\"' };

/** The curl command that sends the same request. What is secret is named by a shell variable, and never shown. */
export function toCurl(settings: Settings, request: ConjurRequest, data?: string): string {
  const url = settings.baseUrl.href.replace(/\/+$/, '') + request.path;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => {
    const shown = SECRET_HEADERS[name.toLowerCase()] ?? value;
    return `-H "${name}: ${shown}"`;
  });
  const parts = [
    'curl -sS -i',
    ...tlsFlags(settings),
    ...(request.method === 'GET' ? [] : [`-X ${request.method}`]),
    ...headers,
    ...(data === undefined ? [] : [data]),
    `'${url.replaceAll("'", '%27')}'`,
  ];
  return parts.join(' ');
}

/** Where the settings hold a PEM itself, the file that it must be put into is named. */
function tlsFlags({ tls, baseUrl }: Settings): string[] {
  if (baseUrl.protocol !== 'https:') return [];
  return [
    ...(tls.verify ? [] : ['--insecure']),
    ...(tls.ca === undefined ? [] : ['--cacert "$CYBERARK_CA_CERT"']),
    ...(tls.clientCert === undefined ? [] : ['--cert "$CYBERARK_CLIENT_CERT" --key "$CYBERARK_CLIENT_KEY"']),
  ];
}

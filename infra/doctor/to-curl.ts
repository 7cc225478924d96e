import type { HttpRequest } from '../../lib/http/request.ts';
import type { Settings } from '../../lib/settings.ts';
import type { ShellValues } from './shell-values.ts';

/** Headers whose values are secrets, with what stands for them. */
const SECRET_HEADERS: Readonly<Record<string, string>> = { authorization: 'Token token=\\"$TOKEN\\"' };

export interface CurlOptions {
  /** Flags that give the body. */
  readonly data?: string | undefined;
  /** Default: the leader's. */
  readonly baseUrl?: URL;
}

/** The curl command that sends the same request. What is secret is named by a shell variable, and never shown. */
export function toCurl(
  settings: Settings,
  values: ShellValues,
  request: HttpRequest,
  { data, baseUrl = settings.baseUrl }: CurlOptions = {},
): string {
  const url = baseUrl.href.replace(/\/+$/, '') + request.path;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => {
    const shown = SECRET_HEADERS[name.toLowerCase()] ?? value;
    return `-H "${name}: ${shown}"`;
  });
  const parts = [
    'curl -sS -i',
    ...tlsFlags(settings, values, baseUrl),
    ...(request.method === 'GET' ? [] : [`-X ${request.method}`]),
    ...headers,
    ...(data === undefined ? [] : [data]),
    `'${url.replaceAll("'", '%27')}'`,
  ];
  return parts.join(' ');
}

function tlsFlags({ tls }: Settings, values: ShellValues, baseUrl: URL): string[] {
  if (baseUrl.protocol !== 'https:') return [];
  return [
    ...(tls.verify ? [] : ['--insecure']),
    ...(tls.ca === undefined ? [] : [`--cacert ${values.ca}`]),
    ...(tls.clientCert === undefined ? [] : [`--cert ${values.clientCert} --key ${values.clientKey}`]),
  ];
}

import { Secret } from '../secret.ts';
import type { EnvironmentReader } from './environment-reader.ts';
import type { ProxySettings } from './settings.ts';

/**
 * The http proxy that the usual variables name, in lower case before upper case. Undefined where there is none.
 * `NO_PROXY` is a comma separated list of hosts that are reached directly: `conjur.internal`, `.internal`, `host:port`, `*`.
 */
export function parseProxySettings(reader: EnvironmentReader): ProxySettings | undefined {
  const http = readProxy(reader, 'http_proxy', 'HTTP_PROXY');
  const https = readProxy(reader, 'https_proxy', 'HTTPS_PROXY');
  if (http === undefined && https === undefined) return undefined;
  return { http, https, except: reader.text('no_proxy', 'NO_PROXY')?.trim() ?? '' };
}

/** The address may hold a password, so it is kept as a secret. */
function readProxy(reader: EnvironmentReader, ...variables: string[]): Secret | undefined {
  const text = reader.text(...variables)?.trim();
  if (text === undefined) return undefined;
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol)) return Secret.of(url);
  reader.problem(reader.nameOf(...variables), 'must be the URL of an http proxy, such as http://proxy:3128');
  return undefined;
}

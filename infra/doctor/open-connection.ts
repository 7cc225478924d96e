import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { connect, type Socket } from 'node:net';
import { getCACertificates } from 'node:tls';
import { bareHost, portOf } from '../../lib/http/no-proxy.ts';
import type { Settings } from '../../lib/settings.ts';
import { findProxy } from './find-proxy.ts';

/** Longest wait for a connection, and for a proxy's answer. */
export const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A TCP connection to the host of Conjur, through an http proxy where there is one (RFC 9110, section 9.3.6).
 * @throws Error whose `code`, or else message, says why there is none
 */
export function openConnection(settings: Settings): Promise<Socket> {
  const proxy = findProxy(settings);
  return proxy === undefined ? connectTo(settings.baseUrl) : connectThrough(proxy, settings);
}

function connectTo(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: bareHost(url), port: portOf(url), timeout: CONNECT_TIMEOUT_MS });
    socket.once('connect', () => resolve(socket));
    socket.once('timeout', () => socket.destroy(noAnswer()));
    socket.once('error', reject);
  });
}

function connectThrough(proxy: URL, { baseUrl: url, tls }: Settings): Promise<Socket> {
  const { username, password } = proxy;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const options = {
    host: bareHost(proxy),
    port: portOf(proxy),
    method: 'CONNECT',
    path: `${url.hostname}:${portOf(url)}`,
    headers: username === '' ? {} : { 'proxy-authorization': `Basic ${credentials}` },
    timeout: CONNECT_TIMEOUT_MS,
  };
  // As the client trusts it: by its authorities beside Node's own.
  const secure = {
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: [...getCACertificates('default'), tls.ca], allowPartialTrustChain: true }),
  };
  return new Promise((resolve, reject) => {
    const asked = proxy.protocol === 'https:' ? requestSecure({ ...options, ...secure }) : requestPlain(options);
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket as Socket);
      socket.destroy();
      reject(new Error(`the http proxy ${proxy.host} answers ${statusCode}`));
    });
    asked.once('timeout', () => asked.destroy(noAnswer()));
    asked.once('error', reject);
    asked.end();
  });
}

function noAnswer(): Error {
  return new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`);
}

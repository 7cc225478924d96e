import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { connect, type Socket } from 'node:net';
import { bareHost, portOf } from './find-proxy.ts';

/** Longest wait for a connection, and for a proxy's answer. */
export const CONNECT_TIMEOUT_MS = 5_000;

/**
 * A TCP connection to the host of a URL, through an http proxy where there is one (RFC 9110, section 9.3.6).
 * @throws Error whose `code`, or else message, says why there is none
 */
export function openConnection(url: URL, proxy: URL | undefined): Promise<Socket> {
  return proxy === undefined ? connectTo(url) : connectThrough(proxy, url);
}

function connectTo(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: bareHost(url), port: portOf(url), timeout: CONNECT_TIMEOUT_MS });
    socket.once('connect', () => resolve(socket));
    socket.once('timeout', () => socket.destroy(noAnswer()));
    socket.once('error', reject);
  });
}

function connectThrough(proxy: URL, url: URL): Promise<Socket> {
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
  return new Promise((resolve, reject) => {
    const asked = proxy.protocol === 'https:' ? requestSecure(options) : requestPlain(options);
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

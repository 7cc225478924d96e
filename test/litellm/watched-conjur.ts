import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalConjur } from '../../infra/local/conjur/create-local-conjur.ts';

export interface WatchedConjur {
  readonly url: string;
  readonly account: string;
  readonly adminApiKey: string;
  close(): Promise<void>;
}

/**
 * A local Conjur behind a server that counts what arrives, and fails on request:
 *
 * - `GET /__requests` gives the requests since it was last asked, as `["POST /secrets/…"]`.
 * - `/__page…` answers whatever is asked with 200 and a page, as a proxy with a sign-in does.
 * - `POST /__fail?status=503&path=/secrets/` answers requests whose path contains the text so; without `status`, none any more.
 */
export async function startWatchedConjur(): Promise<WatchedConjur> {
  const conjur = await createLocalConjur();
  const agent = new Agent({ keepAlive: true });
  const seen: string[] = [];
  let fault: { status: number; path: string } | undefined;
  const control = (incoming: IncomingMessage, reply: ServerResponse, target: URL): boolean => {
    if (target.pathname.startsWith('/__page')) {
      const page = '<!doctype html><title>Sign in</title>';
      incoming.resume().once('end', () => reply.writeHead(200, { 'content-type': 'text/html' }).end(page));
    } else if (target.pathname === '/__requests') reply.end(JSON.stringify(seen.splice(0)));
    else if (target.pathname === '/__fail') {
      const [status, path] = [target.searchParams.get('status'), target.searchParams.get('path') ?? ''];
      fault = status === null ? undefined : { status: Number(status), path };
      incoming.resume().once('end', () => reply.end('{}'));
    } else return false;
    return true;
  };
  const server = createServer((incoming, reply) => {
    const path = incoming.url ?? '/';
    if (path.startsWith('/__') && control(incoming, reply, new URL(path, 'http://localhost'))) return;
    seen.push(`${incoming.method} ${path}`);
    if (fault !== undefined && path.includes(fault.path)) {
      const { status } = fault;
      incoming.resume().once('end', () => reply.writeHead(status).end());
      return;
    }
    forward(conjur.url, agent, incoming, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    agent.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await conjur.close();
  };
  const { account, adminApiKey } = conjur;
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, account, adminApiKey, close };
}

function forward(base: string, agent: Agent, incoming: IncomingMessage, reply: ServerResponse): void {
  const { method, headers, url } = incoming;
  const { hostname, port } = new URL(base);
  // The raw path: a URL object would resolve the dots in an id.
  const outgoing = request({ hostname, port, agent, method, headers, path: url }, (answer) => {
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(reply);
  });
  outgoing.on('error', () => reply.destroy());
  incoming.pipe(outgoing);
}

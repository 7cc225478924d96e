import { once } from 'node:events';
import { type Agent, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Answer } from './answer.ts';

/** Where the proxy forwards to: plain HTTP. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** A request as it came, with its whole body. */
export interface ForwardedRequest {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly path: string;
  /** Name, value, name, value, … as they came. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** Headers that belong to one connection (RFC 9110 section 7.6.1), and the length, which is set anew. */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** Forwards a request and reads the whole answer. Rejects when the server behind cannot be reached. */
export async function forwardRequest(target: Target, agent: Agent, forwarded: ForwardedRequest): Promise<Answer> {
  const { method, path, body } = forwarded;
  const outgoing = request({ ...target, agent, method, path, headers: toHeaders(forwarded) });
  outgoing.end(body);
  try {
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return await toAnswer(incoming);
  } catch (error) {
    // The server closed an idle connection just as it was used, and did not see the request: https://nodejs.org/api/http.html#requestreusedsocket
    if (outgoing.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') {
      return forwardRequest(target, agent, forwarded);
    }
    throw error;
  }
}

/** Sends the first half of a request (of its body, if it has one) on a connection of its own, then cuts that connection. */
export async function forwardHalf(target: Target, forwarded: ForwardedRequest): Promise<void> {
  const { method, path, body } = forwarded;
  const lines = toHeaders(forwarded).reduce((text, part, index) => text + (index % 2 ? `: ${part}\r\n` : part), '');
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines}\r\n`, 'latin1');
  const half =
    body.length === 0 ? head.subarray(0, head.length / 2) : Buffer.concat([head, body.subarray(0, body.length / 2)]);
  const socket = connect(target);
  await once(socket, 'connect');
  await new Promise((resolve) => socket.write(half, resolve));
  socket.resetAndDestroy();
}

function toHeaders({ rawHeaders, method, body }: ForwardedRequest): string[] {
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, value);
  }
  const hasBody = body.length > 0 || (method !== 'GET' && method !== 'HEAD');
  return hasBody ? [...headers, 'content-length', String(body.length)] : headers;
}

async function toAnswer(incoming: IncomingMessage): Promise<Answer> {
  const body = Buffer.concat(await incoming.toArray());
  const kept = Object.entries(incoming.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name));
  return {
    status: incoming.statusCode ?? 0,
    reason: incoming.statusMessage ?? '',
    headers: Object.fromEntries(kept.map(([name, values = []]) => [name, values.join(', ')])),
    body,
  };
}

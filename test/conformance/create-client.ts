import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** An answer as it came over the wire. */
export interface ReceivedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A request of a scenario, ready to send. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, sent as they are. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Sends requests to one Conjur. */
export type Client = (request: OutgoingRequest) => Promise<ReceivedResponse>;

const TIMEOUT_MS = 30_000;

/**
 * A client that adds nothing of its own to a request: no user agent, no content type, no normalised path.
 *
 * @param base URL of the Conjur; its path is put in front of every request's.
 * @param ca PEM of the CA that signed the server's certificate; default: the system's.
 */
export function createClient(base: string, ca?: string): Client {
  const url = new URL(base);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const prefix = url.pathname.replace(/\/+$/, '');
  return ({ method, path, headers, body }) =>
    new Promise((resolve, reject) => {
      const options: RequestOptions & { ca?: string } = {
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: url.port || (url.protocol === 'https:' ? 443 : 80),
        method,
        path: `${prefix}${path}`,
        headers: { 'content-length': Buffer.byteLength(body ?? ''), ...headers },
        timeout: TIMEOUT_MS,
        ...(ca === undefined ? {} : { ca }),
      };
      const outgoing = send(options, (response) => read(response).then(resolve, reject));
      outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
}

async function read(response: IncomingMessage): Promise<ReceivedResponse> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return { status: response.statusCode ?? 0, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) };
}

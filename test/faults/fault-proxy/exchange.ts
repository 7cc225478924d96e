import type { Agent, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { type ForwardedRequest, forwardHalf, forwardRequest, type Target } from './forward-request.ts';
import type { Listener } from './listener.ts';

/** One request through the proxy, and what can be done with it. */
export interface Exchange {
  /** Such as `GET /authn/default/login HTTP/1.1`. */
  readonly requestLine: string;
  /** Sends the request to the server behind, and gives its whole answer. */
  forward(): Promise<Answer>;
  /** Sends half of the request to the server behind, and cuts that connection. */
  forwardHalf(): Promise<void>;
  /** Sends an answer to the client. */
  reply(answer: Answer): void;
  /** Sends the head of an answer and announces the whole body, of which it sends the first `bodyBytes`; 0 sends half a head. */
  replyPart(answer: Answer, bodyBytes: number): Promise<void>;
  /** Sends further bytes of a body that `replyPart` began. */
  write(bytes: Buffer): Promise<void>;
  /** Says that the answer is whole, so that the connection can carry the next request. */
  end(): void;
  /** Ends the connection in good order (FIN), whatever was announced. */
  cut(): void;
  /** Resets the client's connection (RST). */
  reset(): void;
  /** Waits; rejects at once when the client has gone. */
  wait(ms: number): Promise<void>;
}

export interface ExchangeParts {
  readonly target: Target;
  readonly agent: Agent;
  readonly listener: Listener;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export function createExchange({ target, agent, listener, request, response }: ExchangeParts): Exchange {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.sendDate = false;
  let read: Promise<ForwardedRequest> | undefined;
  const readRequest = () => {
    read ??= toForwarded(request);
    return read;
  };
  const write = (bytes: Buffer) => new Promise<void>((resolve) => response.write(bytes, () => resolve()));
  return {
    requestLine: `${request.method} ${request.url} HTTP/${request.httpVersion}`,
    forward: async () => forwardRequest(target, agent, await readRequest()),
    forwardHalf: async () => forwardHalf(target, await readRequest()),
    reply(answer) {
      writeHead(response, request, answer);
      response.end(answer.body);
    },
    async replyPart(answer, bodyBytes) {
      if (bodyBytes === 0) {
        await new Promise((resolve) => request.socket.write(`HTTP/1.1 ${answer.status} `, resolve));
        return;
      }
      writeHead(response, request, answer);
      await write(answer.body.subarray(0, bodyBytes));
    },
    write,
    end: () => void response.end(),
    cut: () => void request.socket.destroySoon(),
    reset: () => listener.reset(request.socket),
    wait: (ms) => wait(ms, undefined, { signal: gone.signal }),
  };
}

function writeHead(response: ServerResponse, request: IncomingMessage, answer: Answer): void {
  const bodiless = request.method === 'HEAD' || answer.status === 204 || answer.status === 304;
  const headers = bodiless ? answer.headers : { ...answer.headers, 'content-length': String(answer.body.length) };
  if (answer.reason === '') response.writeHead(answer.status, headers);
  else response.writeHead(answer.status, answer.reason, headers);
}

async function toForwarded(request: IncomingMessage): Promise<ForwardedRequest> {
  const { method = 'GET', url = '/', rawHeaders } = request;
  return { method, path: url, rawHeaders, body: Buffer.concat(await request.toArray()) };
}

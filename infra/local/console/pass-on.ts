import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Headers about one connection, not about the message (RFC 9110, section 7.6.1); the body is announced anew by its length. */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'expect', 'upgrade'];

/** Where requests go on to, and the connections that are kept there. */
export interface Onward {
  readonly apiUrl: string;
  readonly agent: Agent;
}

/** How long an idle connection is kept: much shorter than the 5 s after which the functions' server closes it, so that none is closed in use. */
const IDLE_MS = 1_000;

/** @param apiUrl where the functions answer over HTTP */
export function createOnward(apiUrl: string): Onward {
  return { apiUrl, agent: new Agent({ keepAlive: true, timeout: IDLE_MS }) };
}

/**
 * Hands a request on to the functions as it is, and their answer back.
 * @param onSuccess told of the JSON that a call succeeded with. Default: nobody is
 */
export function passOn(
  { apiUrl, agent }: Onward,
  incoming: IncomingMessage,
  reply: ServerResponse,
  onSuccess?: (answer: unknown) => void,
): void {
  const { hostname, port } = new URL(apiUrl);
  const { method, url: path } = incoming;
  const headers = { ...incoming.headers };
  for (const name of OF_THE_CONNECTION) delete headers[name];
  const onward = request({ hostname, port, method, path, headers, agent });
  onward.once('response', (answer) => {
    if (onSuccess !== undefined && isJson(answer) && answer.statusCode !== undefined && answer.statusCode < 300)
      readAlong(answer, onSuccess);
    answerWith(answer, incoming, reply);
  });
  onward.once('error', () => {
    if (reply.headersSent) return void reply.destroy();
    reply.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' }).end('The functions do not answer.\n');
  });
  // Whoever asked has gone.
  reply.once('close', () => onward.destroy());
  incoming.pipe(onward);
}

function answerWith(answer: IncomingMessage, incoming: IncomingMessage, reply: ServerResponse): void {
  const headers = { ...answer.headers };
  for (const name of OF_THE_CONNECTION) delete headers[name];
  const newline = wantsNewline(answer, incoming) ? '\n' : '';
  const length = headers['content-length'];
  if (length !== undefined) headers['content-length'] = String(Number(length) + newline.length);
  reply.writeHead(answer.statusCode ?? 502, headers);
  answer.pipe(reply, { end: false });
  answer.once('end', () => reply.end(newline));
  answer.once('error', () => reply.destroy());
}

/** JSON means the same with a newline at its end, and in a terminal the prompt stands on a line of its own. */
function wantsNewline(answer: IncomingMessage, incoming: IncomingMessage): boolean {
  return (
    (incoming.headers['user-agent'] ?? '').startsWith('curl/') &&
    isJson(answer) &&
    incoming.method !== 'HEAD' &&
    answer.statusCode !== 206
  );
}

function isJson({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'] ?? '';
  return /^application\/(?:[\w.-]+\+)?json\b/.test(type) && headers['content-encoding'] === undefined;
}

function readAlong(answer: IncomingMessage, onSuccess: (answer: unknown) => void): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.once('end', () => {
    const parsed = parse(Buffer.concat(chunks).toString('utf8'));
    if (parsed !== undefined) onSuccess(parsed);
  });
}

/** Undefined for what calls itself JSON and is not: whoever asked gets it as it is. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

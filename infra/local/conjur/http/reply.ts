import { STATUS_CODES } from 'node:http';

/** What the server answers, before it becomes an HTTP response. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Set where no route has answered: who accepts JSON gets a JSON body then. */
  readonly isBare?: boolean;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** A JSON answer, with the content type that Conjur gives it. */
export function jsonReply(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, body: JSON.stringify(value) };
}

/** A plain text answer: api keys and encoded tokens. */
export function textReply(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body };
}

/** An answer of a route that has no body. Conjur labels it `text/html`, and a 204 not at all. */
export function emptyReply(status: number): Reply {
  return { status, headers: status === 204 ? {} : { 'content-type': 'text/html' }, body: '' };
}

/** An answer that no route gave: no such route, a request that cannot be parsed, an internal error. */
export function bareReply(status: number): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '', isBare: true };
}

/** What a bare answer becomes for a client that asks for JSON first, and is no browser, which takes anything as well. */
export function forAccepted(reply: Reply, accept: string | undefined): Reply {
  if (reply.isBare !== true || !JSON_NAMES.includes(firstAccepted(accept ?? ''))) return reply;
  return jsonReply(reply.status, { status: reply.status, error: STATUS_CODES[reply.status] });
}

const JSON_NAMES = ['application/json', 'text/x-json', 'application/jsonrequest'];
const BROWSER = /,\s*\*\/\*|\*\/\*\s*,/;

/** The media type with the highest weight; of equals the first. */
function firstAccepted(accept: string): string {
  if (BROWSER.test(accept)) return '';
  const types = accept.split(',').map((part) => {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) };
  });
  return types.toSorted((x, y) => y.weight - x.weight)[0]?.type ?? '';
}

/** An answer of the token check that stands in front of all routes. */
export function tokenReply(message: string): Reply {
  return { status: 401, headers: { 'content-type': 'text/plain' }, body: message };
}

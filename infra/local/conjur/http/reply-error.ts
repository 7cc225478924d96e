import { bareReply, emptyReply, jsonReply, type Reply } from './reply.ts';

/** Ends a request with an answer. Whatever was written in the request's transaction is rolled back. */
export class ReplyError extends Error {
  readonly reply: Reply;

  constructor(reply: Reply, message = `answered ${reply.status}`) {
    super(message);
    this.name = 'ReplyError';
    this.reply = reply;
  }
}

/** An error body `{"error": {"code", "message"}}`. */
export function codedError(status: number, code: string, message: string): ReplyError {
  return new ReplyError(jsonReply(status, { error: { code, message } }), message);
}

/** 422 for a parameter or value that cannot be used. */
export function argumentError(message: string): ReplyError {
  return codedError(422, 'argument_error', message);
}

/** The sentence Conjur says of an id (`account:kind:identifier`) that it does not find. */
export function notFoundMessage(id: string): string {
  const [account, kind = 'unknown kind', identifier = ''] = splitId(id);
  const title = kind.charAt(0).toUpperCase() + kind.slice(1).toLowerCase();
  return `${title} '${identifier}' not found in account '${account}'`;
}

/** 404 for a resource or role that does not exist or that the asking role cannot see. */
export function recordNotFound(id: string): ReplyError {
  const message = notFoundMessage(id);
  const error = {
    code: 'not_found',
    message,
    target: splitId(id)[1] ?? null,
    details: { code: 'not_found', target: 'id', message: id },
  };
  return new ReplyError(jsonReply(404, { error }), message);
}

/** 404 for a value that is not there, or that the asking role cannot see. */
export function valueNotFound(id: string): ReplyError {
  return codedError(404, 'not_found', `CONJ00076E Variable ${id} is empty or not found.`);
}

/** 403: the role sees the resource and lacks the privilege. */
export function forbidden(): ReplyError {
  return new ReplyError(emptyReply(403));
}

/** 401 without a body. */
export function unauthorized(): ReplyError {
  return new ReplyError(emptyReply(401));
}

/** 400 for a request whose path or parameters cannot be decoded. */
export function badRequest(): ReplyError {
  return new ReplyError(bareReply(400));
}

/** 404 for a path that no route takes. */
export function noRoute(): ReplyError {
  return new ReplyError(bareReply(404));
}

/** 500, for the requests that a genuine Conjur fails on as well. */
export function internalError(): ReplyError {
  return new ReplyError(bareReply(500));
}

function splitId(id: string): string[] {
  const [account = '', kind, ...rest] = id.split(':');
  return kind === undefined ? [account] : [account, kind, rest.join(':')];
}

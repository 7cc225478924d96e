import type { FunctionDefinition } from '../shared/create-function.ts';
import { parseDirect } from './parse-direct.ts';
import { parseHttp } from './parse-http.ts';
import { type ReadAnswer, read } from './read-secret.ts';
import type { ReadRequest } from './request.ts';
import { toDirect, toReply } from './to-answer.ts';

/** read-secret without a container, so that a test can give it one of its own. */
export const readSecretFunction: FunctionDefinition<ReadRequest, ReadAnswer> = {
  name: 'read-secret',
  parseHttp,
  parseDirect,
  handle: read,
  toReply,
  toDirect,
  describe,
};

function describe(request: ReadRequest): Record<string, unknown> {
  if (request.kind === 'one') return { call: 'read', name: request.name };
  if (request.kind === 'many') return { call: 'read-many', count: request.names.length };
  return { call: request.kind };
}

import type { FunctionDefinition } from '../shared/create-function.ts';
import { parseDirect } from './parse-direct.ts';
import { parseHttp } from './parse-http.ts';
import type { WriteRequest } from './request.ts';
import { toDirect, toReply } from './to-answer.ts';
import { type WriteAnswer, write } from './write-secret.ts';

/** write-secret without a container, so that a test can give it one of its own. */
export const writeSecretFunction: FunctionDefinition<WriteRequest, WriteAnswer> = {
  name: 'write-secret',
  parseHttp,
  parseDirect,
  handle: write,
  toReply,
  toDirect,
  describe,
};

function describe(request: WriteRequest): Record<string, unknown> {
  if (request.kind === 'one') return { call: 'write', name: request.secret.name };
  if (request.kind === 'many') return { call: 'write-many', count: request.secrets.length };
  if (request.kind === 'virtual-key') return { call: 'store-virtual-key', keyAlias: request.virtualKey.keyAlias };
  return { call: 'delete', name: request.name };
}

import type { FunctionDefinition } from '../shared/create-function.ts';
import { createRotationPorts } from './create-rotation-ports.ts';
import { parseDirect, parseHttp, type RotateRequest } from './parse-request.ts';
import { type RotateKeyAnswer, rotate } from './rotate-key.ts';
import { toDirect, toReply } from './to-answer.ts';

/** rotate-key without a container, so that a test can give it one of its own. */
export const rotateKeyFunction: FunctionDefinition<RotateRequest, RotateKeyAnswer> = {
  name: 'rotate-key',
  parseHttp,
  parseDirect,
  handle: (container, request, deadline) => rotate(createRotationPorts(container), request, deadline),
  toReply,
  toDirect,
  describe(request) {
    if (request.kind === 'step') return { call: request.event.Step, secretId: request.event.SecretId };
    if (request.kind === 'key-age') return { call: 'key-age', secretId: request.secretId };
    const [name] = request.strategy.variablesOf(request.input);
    return { call: 'rotate', strategy: request.strategy.name, name };
  },
};

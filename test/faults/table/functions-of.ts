import { readSecretFunction } from '../../../functions/read-secret/api.ts';
import { rotateKeyFunction } from '../../../functions/rotate-key/api.ts';
import type { Container } from '../../../functions/runtime/container.ts';
import { createFunction, type Handler } from '../../../functions/runtime/create-function.ts';
import { writeSecretFunction } from '../../../functions/write-secret/api.ts';

export type FunctionName = 'read-secret' | 'write-secret' | 'rotate-key';

/** The three functions over one container, with the wiring that they are deployed with. */
export function functionsOf(container: Container): Record<FunctionName, Handler> {
  const source = { container };
  return {
    'read-secret': createFunction(readSecretFunction, source),
    'write-secret': createFunction(writeSecretFunction, source),
    'rotate-key': createFunction(rotateKeyFunction, source),
  };
}

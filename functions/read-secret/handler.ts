import { createContainer } from '../runtime/container.ts';
import { createFunction, warmUp } from '../runtime/create-function.ts';
import { readSecretFunction } from './api.ts';

const container = createContainer();

export const handler = createFunction(readSecretFunction, container);

await warmUp(container);

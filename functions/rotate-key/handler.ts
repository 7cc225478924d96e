import { createContainer } from '../runtime/container.ts';
import { createFunction, warmUp } from '../runtime/create-function.ts';
import { rotateKeyFunction } from './api.ts';

const container = createContainer();

export const handler = createFunction(rotateKeyFunction, container);

await warmUp(container);

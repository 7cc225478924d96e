import { createContainer } from '../shared/container.ts';
import { createFunction, warmUp } from '../shared/create-function.ts';
import { rotateKeyFunction } from './rotate-key-function.ts';

const container = createContainer();

export const handler = createFunction(rotateKeyFunction, container);

await warmUp(container);

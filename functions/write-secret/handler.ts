import { createContainer } from '../runtime/container.ts';
import { createFunction, warmUp } from '../runtime/create-function.ts';
import { writeSecretFunction } from './api.ts';

const container = createContainer();

export const handler = createFunction(writeSecretFunction, container);

await warmUp(container);

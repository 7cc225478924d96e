import { createContainer } from '../shared/container.ts';
import { createFunction, warmUp } from '../shared/create-function.ts';
import { readSecretFunction } from './read-secret-function.ts';

const container = createContainer();

export const handler = createFunction(readSecretFunction, container);

await warmUp(container);

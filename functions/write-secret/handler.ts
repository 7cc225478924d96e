import { createContainer } from '../shared/container.ts';
import { createFunction, warmUp } from '../shared/create-function.ts';
import { writeSecretFunction } from './write-secret-function.ts';

const container = createContainer();

export const handler = createFunction(writeSecretFunction, container);

await warmUp(container);

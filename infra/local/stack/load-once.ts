import { createRequire } from 'node:module';

/*
 * Loaded into the process of serverless-offline (`node --import`). At every call that one looks for the handler's file and for the
 * package.json that says how to load it, which is an eighth of the processor time of a warm call here. Lambda loads a function once per container.
 */

type Load = (folder: string, handler: string) => Promise<unknown>;

const require = createRequire(import.meta.resolve('serverless-offline'));
const userFunction = require('./lambda/handler-runner/in-process-runner/aws-lambda-ric/UserFunction.js') as {
  load: Load;
};
const { load } = userFunction;
const loaded = new Map<string, unknown>();

userFunction.load = async (folder, handler) => {
  const key = JSON.stringify([folder, handler]);
  const known = loaded.get(key);
  if (known !== undefined) return known;
  // What could not be loaded is looked for again.
  const found = await load(folder, handler);
  loaded.set(key, found);
  return found;
};

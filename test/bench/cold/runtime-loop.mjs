// A Runtime API client of the least kind, for machines on which AWS's own cannot be built: it loads the handler as AWS's does and asks
// for an event. JavaScript, so that no stripping of types is in the figure.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const http = createRequire(import.meta.url)('node:http');
const [file, name] = process.env._HANDLER.split('.');
const module = await import(pathToFileURL(`${process.env.LAMBDA_TASK_ROOT}/${file}.mjs`).href);
if (typeof module[name] !== 'function') throw new Error(`There is no handler ${name} in ${file}.mjs.`);
http.get(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next`);

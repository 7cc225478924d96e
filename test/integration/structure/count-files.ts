import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import type { Context } from 'aws-lambda';
import { readSecretFunction } from '../../../functions/read-secret/api.ts';
import { createContainer } from '../../../functions/runtime/container.ts';
import { createFunction } from '../../../functions/runtime/create-function.ts';
import { writeSecretFunction } from '../../../functions/write-secret/api.ts';
import { createLocalConjur } from '../../../infra/local/conjur/create-local-conjur.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const conjur = await createLocalConjur();
const environment = {
  CYBERARK_API_BASE: conjur.url,
  CYBERARK_API_KEY: conjur.adminApiKey,
  CYBERARK_POLICY_BRANCH: 'root',
};
// A container each, as Lambda gives each function its own.
const read = createFunction(readSecretFunction, createContainer(environment));
const write = createFunction(writeSecretFunction, createContainer(environment));

function toEvent(method: string, name: string, body?: string) {
  return {
    version: '2.0',
    routeKey: `${method} /secrets/{name+}`,
    rawPath: `/secrets/${name}`,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    pathParameters: { name },
    requestContext: { http: { method } },
    body,
    isBase64Encoded: false,
  };
}

const context = { awsRequestId: 'one', getRemainingTimeInMillis: () => 20_000 } as unknown as Context;
const put = (name: string) => write(toEvent('PUT', name, '{"value":"v"}'), context);
const get = (name: string) => read(toEvent('GET', name), context);

/** Source files of `lib` and `functions` that a call enters a function of. */
async function filesOf(session: Session, call: () => Promise<unknown>): Promise<string[]> {
  await session.post('Profiler.takePreciseCoverage');
  await call();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
    .map(({ url }) => (url.startsWith('file:') ? fileURLToPath(url).replace(root, '') : ''))
    .filter((file) => /^(?:lib|functions)\//.test(file))
    .sort();
}

// Whatever is loaded on need is loaded by then, so that the calls below are warm.
await put('a');
await put('b');
await get('a');
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
const warmRead = await filesOf(session, () => get('a'));
const writeOfMissing = await filesOf(session, () => put('missing'));
session.disconnect();
await conjur.close();
process.stderr.write(JSON.stringify({ warmRead, writeOfMissing }));
process.exit(0);

/**
 * The built functions under a mixed load, in a process of their own: a warm container that is never frozen. Started by run-soak.ts with
 * an IPC channel; its environment is that of the functions.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isFunctionErrorCode } from '../../functions/contract/error-codes.ts';
import type { Handler } from '../../functions/runtime/create-function.ts';
import { toErrorName } from '../../lib/errors.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { SoakMessage, SoakOrder } from './messages.ts';
import { CREDENTIAL_ID, pickCall, type SoakCall, VIRTUAL_KEY_NAME } from './pick-call.ts';

const LANES = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const outcomes: Record<string, number> = {};
const handlers: Record<string, Handler> = {};
let requestCount = 0;

const tell = (message: SoakMessage): void => void process.send?.(message);
const fault = (what: string): void => tell({ kind: 'fault', what });

process.on('unhandledRejection', (reason) => fault(`unhandled rejection: ${String(reason)}`));
process.on('uncaughtException', (error) => fault(`uncaught exception: ${error.stack}`));
process.on('warning', (warning) => fault(`warning: ${warning.message}`));
// Whoever began the soak is gone, by Ctrl-C or otherwise: nobody is left to tell.
process.once('disconnect', () => process.exit(1));
process.once('message', (order: SoakOrder) => void soak(order));

async function soak({ durationMs, sampleEveryMs, seed }: SoakOrder): Promise<void> {
  for (const name of ['read-secret', 'write-secret', 'rotate-key']) {
    handlers[name] = ((await import(`../../dist/${name}/handler.mjs`)) as { handler: Handler }).handler;
  }
  // What is loaded when it is first needed is loaded now, so that it does not look like growth.
  await invoke({ to: 'rotate-key', payload: { strategy: 'conjur-api-key', secret_id: CREDENTIAL_ID }, reads: [] });
  await invoke({ to: 'rotate-key', payload: { name: VIRTUAL_KEY_NAME, strategy: 'litellm-virtual-key' }, reads: [] });
  const startedMs = Date.now();
  const sampling = setInterval(() => sample(Date.now() - startedMs), sampleEveryMs);
  const lane = async (index: number): Promise<void> => {
    const random = seededRandom(seed + index);
    while (Date.now() - startedMs < durationMs) await invoke(pickCall(random));
  };
  await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  clearInterval(sampling);
  sample(Date.now() - startedMs);
  tell({ kind: 'ended' });
}

async function invoke(call: SoakCall): Promise<void> {
  requestCount += 1;
  const endsAtMs = Date.now() + 10_000;
  const context = { awsRequestId: String(requestCount), getRemainingTimeInMillis: () => endsAtMs - Date.now() };
  try {
    const answer = await (handlers[call.to] as Handler)(call.payload, context as never);
    checkValues(call, answer);
    count(call.to, 'ok');
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: unknown };
    const isDocumented = isFunctionErrorCode(code) && code !== 'internal' && name === toErrorName(code);
    if (!isDocumented) fault(`${call.to} threw ${(error as Error).stack}`);
    count(call.to, isFunctionErrorCode(code) ? code : 'undocumented');
  }
  if (Date.now() > endsAtMs + 5_000) fault(`${call.to} answered 5 s after its time`);
}

interface Read {
  readonly name: string;
  readonly value: string;
}

function checkValues({ to, reads }: SoakCall, answer: unknown): void {
  if (to !== 'read-secret' || reads.length === 0) return;
  const { secrets } = answer as { secrets?: readonly Read[] };
  for (const { name, value } of secrets ?? [answer as Read]) {
    if (!reads.includes(name) || !value.startsWith(`of ${name}: `))
      fault(`a value of another name was read for ${name}`);
  }
}

function count(to: string, outcome: string): void {
  const key = `${to} ${outcome}`;
  outcomes[key] = (outcomes[key] ?? 0) + 1;
}

function sample(atMs: number): void {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  tell({ kind: 'sample', atMs, memoryBytes: heapUsed + external, resources, outcomes: { ...outcomes } });
}

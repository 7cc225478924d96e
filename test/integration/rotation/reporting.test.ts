import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, it, onTestFinished } from 'vitest';
import { parseDirect, toDirect } from '../../../functions/rotate-key/api.ts';
import { createPublisher } from '../../../functions/rotate-key/create-publisher.ts';
import { createLocalEventBridge } from '../../../infra/local/stand-ins/event-bridge/create-local-event-bridge.ts';
import type { RequestHook } from '../../../infra/local/stand-ins/http/request-fault.ts';
import { createPairs, rotateByFourSteps, versionWith } from './support/credentials.ts';
import type { Exchange } from './support/exchange.ts';
import { startProcess } from './support/process.ts';
import { createVariables, read } from './support/variable-scenarios.ts';
import { startWorld } from './support/world.ts';

/** A Conjur that is not well. */
const failing: Exchange = async () => ({ status: 503, headers: {}, body: Buffer.alloc(0) });

const CALL = { name: 'app/secret', strategy: 'random' };

async function start(onRequest?: RequestHook) {
  const world = await startWorld();
  const events = await createLocalEventBridge(onRequest === undefined ? {} : { onRequest });
  const client = new EventBridgeClient({
    endpoint: events.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await Promise.all([world.close(), events.close()]);
  });
  await createVariables(world, 'app', ['secret']);
  return { world, events, ports: { publish: createPublisher('rotations', client) } };
}

it('a rotation puts an event without the value on the bus, and counts as succeeded', async () => {
  const { world, events, ports } = await start();
  const process = startProcess(world, undefined, { ports });
  const answer = await process.invoke(CALL);
  const { rotated_at: rotatedAt } = toDirect(parseDirect(CALL), answer) as { rotated_at: string };
  expect(events.entries).toEqual([
    {
      eventId: expect.any(String),
      eventBusName: 'rotations',
      source: 'conjur-functions',
      detailType: 'SecretRotated',
      detail: { name: 'app/secret', version: 2, strategy: 'random', rotated_at: rotatedAt },
    },
  ]);
  expect(process.metrics).toEqual([
    { RotationSucceeded: { value: 1, unit: 'Count' }, RotationFailed: { value: 0, unit: 'Count' } },
  ]);
});

it('the four steps together put one event', async () => {
  const { world, events, ports } = await start();
  await createPairs(world, ['credential']);
  const process = startProcess(world, undefined, { ports });
  world.setRotationFunction((event) => process.invoke(event));
  await rotateByFourSteps(world, 'credential', '0123456789abcdef0123456789abcdef');
  const version = await versionWith(world, 'credential', 'AWSCURRENT');
  expect(events.entries.map(({ detail }) => detail)).toMatchObject([
    { name: 'credential', version, strategy: 'conjur-api-key' },
  ]);
});

it.each([
  ['is down', () => 'drop-before' as const],
  ['fails', () => ({ status: 500, body: { __type: 'InternalException' } })],
  ['refuses the entry', () => ({ status: 200, body: { FailedEntryCount: 1, Entries: [{ ErrorCode: 'Denied' }] } })],
])('a bus that %s does not fail the rotation, and the answer says so', async (_, onRequest) => {
  const { world, ports } = await start(onRequest);
  const process = startProcess(world, undefined, { ports });
  const answer = toDirect(parseDirect(CALL), await process.invoke(CALL));
  expect(answer).toMatchObject({ version: 2, event_not_published_because: expect.stringContaining('rotations') });
  expect(await read(world, 'app/secret')).not.toBe('old');
  expect(process.metrics).toHaveLength(1);
});

it('a rotation that fails puts no event, and counts as failed', async () => {
  const { world, events, ports } = await start();
  const process = startProcess(world, undefined, { ports, exchange: failing });
  await expect(process.invoke(CALL)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  expect(events.entries).toEqual([]);
  expect(process.metrics).toEqual([
    { RotationSucceeded: { value: 0, unit: 'Count' }, RotationFailed: { value: 1, unit: 'Count' } },
  ]);
});

it("a caller's own mistake (a name not permitted) is no RotationFailed", async () => {
  const { world, ports } = await start();
  const settings = { keyManagement: { ...world.settings.keyManagement, hostedKeys: new Set(['app/other']) } };
  const process = startProcess(world, undefined, { ports, settings });
  await expect(process.invoke(CALL)).rejects.toMatchObject({ code: 'not_hosted' });
  expect(process.metrics).toEqual([]);
});

it("and a step of Secrets Manager's that is refused is one: nobody has called it", async () => {
  const { world, ports } = await start();
  await createPairs(world, ['credential']);
  const settings = { keyManagement: { ...world.settings.keyManagement, accessMode: 'read_only' as const } };
  const process = startProcess(world, undefined, { ports, settings });
  const step = { Step: 'createSecret', SecretId: 'credential', ClientRequestToken: '0123456789abcdef0123456789abcdef' };
  await expect(process.invoke(step)).rejects.toMatchObject({ code: 'access_mode_denied' });
  expect(process.metrics).toMatchObject([{ RotationFailed: { value: 1 } }]);
});

it('the answer shows the value only to who asks for it', async () => {
  const { world } = await start();
  const process = startProcess(world);
  const show = async (call: Record<string, unknown>) => toDirect(parseDirect(call), await process.invoke(call));
  expect(Object.keys((await show(CALL)) as object)).toEqual(['name', 'strategy', 'version', 'rotated_at']);
  expect(await show({ ...CALL, return_value: true })).toMatchObject({
    value: await read(world, 'app/secret'),
    encoding: 'utf-8',
  });
});

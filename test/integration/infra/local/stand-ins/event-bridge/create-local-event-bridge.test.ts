import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createLocalEventBridge,
  type LocalEventBridgeOptions,
} from '../../../../../../infra/local/stand-ins/event-bridge/create-local-event-bridge.ts';

async function startEventBridge(options: LocalEventBridgeOptions = {}) {
  const server = await createLocalEventBridge(options);
  const client = new EventBridgeClient({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.close();
  });
  return { server, put: (...Entries: object[]) => client.send(new PutEventsCommand({ Entries })) };
}

const good = {
  Source: 'conjur-functions',
  DetailType: 'SecretRotated',
  Detail: '{"name":"db"}',
  EventBusName: 'audit',
};

describe('the local EventBridge', () => {
  it('keeps the events that it takes, in order, with their bus', async () => {
    const { server, put } = await startEventBridge();
    const answer = await put(good, { ...good, EventBusName: undefined, Detail: '{"name":"two"}' });
    expect(answer.FailedEntryCount).toBe(0);
    expect(server.entries).toEqual([
      {
        eventId: answer.Entries?.[0]?.EventId,
        eventBusName: 'audit',
        source: 'conjur-functions',
        detailType: 'SecretRotated',
        detail: { name: 'db' },
      },
      expect.objectContaining({ eventBusName: 'default', detail: { name: 'two' } }),
    ]);
  });

  it.each([
    ['no source', { Source: undefined }, 'InvalidArgument'],
    ['a source of AWS', { Source: 'aws.events' }, 'NotAuthorizedForSourceException'],
    ['no detail type', { DetailType: undefined }, 'InvalidArgument'],
    ['no detail', { Detail: undefined }, 'InvalidArgument'],
    ['a detail that is not JSON', { Detail: '{' }, 'MalformedDetail'],
    ['a detail that is no object', { Detail: '[]' }, 'MalformedDetail'],
  ])('fails an entry with %s alone, in its place', async (_what, bad, ErrorCode) => {
    const { server, put } = await startEventBridge();
    const answer = await put(good, { ...good, ...bad }, good);
    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries?.map((entry) => entry.ErrorCode)).toEqual([undefined, ErrorCode, undefined]);
    expect(server.entries).toHaveLength(2);
  });

  it('refuses a call without entries, or with more than ten, as a whole', async () => {
    const { server, put } = await startEventBridge();
    await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(put(...Array.from({ length: 11 }, () => good))).rejects.toMatchObject({ name: 'ValidationException' });
    expect(server.entries).toEqual([]);
  });

  it('fails a call as a whole when told to, and then keeps nothing', async () => {
    const { server, put } = await startEventBridge({
      onRequest: () => ({ status: 500, body: { __type: 'InternalException', message: 'planned' } }),
    });
    await expect(put(good)).rejects.toMatchObject({ name: 'InternalException' });
    expect(server.entries).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { createAwsJsonServer } from '../aws-json/create-aws-json-server.ts';
import type { LocalServer } from '../http/create-json-server.ts';
import type { RequestHook } from '../http/request-fault.ts';
import { type EventEntry, parseEntries } from './parse-entries.ts';

/** An event that was taken. */
export interface RecordedEvent {
  readonly eventId: string;
  /** `default` where the entry names none. */
  readonly eventBusName: string;
  readonly source: string;
  readonly detailType: string;
  /** Parsed. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface LocalEventBridgeOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** Sees each request before it takes effect, and may spoil it. */
  readonly onRequest?: RequestHook;
  /** Told of each event that was taken. */
  readonly onEvent?: (event: RecordedEvent) => void;
}

export interface LocalEventBridge extends LocalServer {
  /** What was taken, in order. Grows. */
  readonly entries: readonly RecordedEvent[];
}

/**
 * Starts a stand-in for EventBridge that takes PutEvents and keeps what it took, for development and tests.
 *
 * Rules of the real one that it keeps: one to ten entries in a call; an entry without source, detail type or detail, with a detail
 * that is no JSON object, or with a source of AWS's own fails alone, and the answer says so in the place of its event id.
 * Rules that it does not keep: rules, targets, archives, whether a bus exists, sizes, signatures.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @throws Error when the port is taken.
 */
export async function createLocalEventBridge(options: LocalEventBridgeOptions = {}): Promise<LocalEventBridge> {
  const entries: RecordedEvent[] = [];
  const record = (entry: EventEntry): string => {
    const event = { eventId: randomUUID(), ...entry };
    entries.push(event);
    options.onEvent?.(event);
    return event.eventId;
  };
  const server = await createAwsJsonServer({
    port: options.port,
    targetPrefix: 'AWSEvents',
    operations: new Map([['PutEvents', (input) => putEvents(input, record)]]),
    onRequest: options.onRequest,
  });
  return { ...server, entries };
}

function putEvents(input: Readonly<Record<string, unknown>>, record: (entry: EventEntry) => string): unknown {
  const results = parseEntries(input).map((parsed) =>
    'failure' in parsed ? parsed.failure : { EventId: record(parsed.entry) },
  );
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { withinDeadline } from '../../lib/auth/aws-calls.ts';
import type { Deadline } from '../../lib/clock.ts';
import { ConjurError } from '../../lib/errors.ts';
import { toAwsError } from './aws-error.ts';

/** What others are told of a rotation. Holds no secret. */
export interface RotationEvent {
  /** The variable, or the secret in Secrets Manager. */
  readonly name: string;
  readonly version: number | string | null;
  readonly strategy: string;
  /** ISO 8601. */
  readonly rotated_at: string;
}

/** The event's `source` and `detail-type`: what a rule on the bus matches. */
const ROTATION_EVENT_SOURCE = 'conjur-functions';
const ROTATION_EVENT_TYPE = 'SecretRotated';

/**
 * Puts events on a bus of EventBridge. Importing this file loads the AWS SDK, so import it with `await import`.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 * @param bus name or ARN
 * @param client default: region and credentials from the environment, `AWS_ENDPOINT_URL_EVENTBRIDGE` obeyed
 */
export function createPublisher(
  bus: string,
  client: Pick<EventBridgeClient, 'send'> = new EventBridgeClient({}),
): (event: RotationEvent, deadline: Deadline) => Promise<void> {
  return async (event, deadline) => {
    const refusal = await put(client, toEntry(bus, event), deadline);
    if (refusal === undefined) return;
    throw new ConjurError(
      'upstream_error',
      `EventBridge did not take the event for the bus ${bus} (${refusal}). Check the bus, and events:PutEvents on it.`,
    );
  };
}

function toEntry(bus: string, event: RotationEvent): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: ROTATION_EVENT_SOURCE,
    DetailType: ROTATION_EVENT_TYPE,
    Detail: JSON.stringify(event),
  };
}

/** Undefined, or why the entry was refused: that stands in an answer that is otherwise a success. */
async function put(
  client: Pick<EventBridgeClient, 'send'>,
  entry: PutEventsRequestEntry,
  deadline: Deadline,
): Promise<string | undefined> {
  const action = `putting an event on the bus ${entry.EventBusName}`;
  const command = new PutEventsCommand({ Entries: [entry] });
  try {
    const { FailedEntryCount = 0, Entries } = await withinDeadline(deadline, action, (options) =>
      client.send(command, options),
    );
    return FailedEntryCount > 0 ? (Entries?.[0]?.ErrorCode ?? 'no reason given') : undefined;
  } catch (error) {
    throw toAwsError(error, action);
  }
}

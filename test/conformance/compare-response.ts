import { isDeepStrictEqual } from 'node:util';
import { fitsBlank, isBlank } from './blanks.ts';
import type { ReceivedResponse } from './create-client.ts';
import type { RecordedResponse } from './scenario.ts';

/** The headers that a recording holds; others do not count. */
const RECORDED_HEADERS = [
  'content-type',
  'content-encoding',
  'www-authenticate',
  'retry-after',
  'location',
  'allow',
] as const;

/** One place where an answer is not what was recorded. */
export interface Difference {
  /** `status`, `header x`, or a path into the body such as `body.error.code`. */
  readonly where: string;
  readonly recorded: unknown;
  readonly received: unknown;
}

/**
 * Where an answer differs from the recorded one. Volatile values need only have the right form.
 *
 * @param isKnownKey whether a value is an api key that somebody chose, whose form may then be any.
 * @param areListsSets whether the order of lists does not count.
 */
export function compareResponse(
  recorded: RecordedResponse,
  received: ReceivedResponse,
  isKnownKey: (value: unknown) => boolean = () => false,
  areListsSets = false,
): Difference[] {
  const differences = [
    ...compareValue('status', recorded.status, received.status),
    ...RECORDED_HEADERS.flatMap((name) =>
      compareValue(`header ${name}`, recorded.headers[name], received.headers[name]),
    ),
    ...compareBody(recorded, received, areListsSets),
  ];
  return differences.filter((difference) => difference.recorded !== '<api-key>' || !isKnownKey(difference.received));
}

function compareBody({ body }: RecordedResponse, received: ReceivedResponse, areListsSets: boolean): Difference[] {
  if ('base64' in body) return compareValue('body', body.base64, received.body.toString('base64'));
  if ('text' in body) return compareValue('body', body.text, received.body.toString());
  try {
    const json: unknown = JSON.parse(received.body.toString());
    return compareValue('body', body.json, areListsSets ? arrangeAs(body.json, json) : json);
  } catch {
    return [{ where: 'body', recorded: body.json, received: received.body.toString() }];
  }
}

function compareValue(where: string, recorded: unknown, received: unknown): Difference[] {
  if (isBlank(recorded) ? fitsBlank(recorded, received) : isDeepStrictEqual(recorded, received)) return [];
  if (Array.isArray(recorded) && Array.isArray(received) && recorded.length === received.length) {
    return recorded.flatMap((item, index) => compareValue(`${where}[${index}]`, item, received[index]));
  }
  if (isObject(recorded) && isObject(received)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(received)]);
    return [...names].flatMap((name) => compareValue(`${where}.${name}`, recorded[name], received[name]));
  }
  return [{ where, recorded, received }];
}

/** The received value with each list in the order of the recorded one, as far as their items agree. */
function arrangeAs(recorded: unknown, received: unknown): unknown {
  if (Array.isArray(recorded) && Array.isArray(received)) return arrangeList(recorded, received);
  if (!isObject(recorded) || !isObject(received)) return received;
  return Object.fromEntries(Object.entries(received).map(([name, value]) => [name, arrangeAs(recorded[name], value)]));
}

function arrangeList(recorded: unknown[], received: unknown[]): unknown[] {
  const left = [...received];
  const places = recorded.map((item) => {
    const at = left.findIndex((candidate) => compareValue('', item, arrangeAs(item, candidate)).length === 0);
    return at < 0 ? undefined : [arrangeAs(item, left.splice(at, 1)[0])];
  });
  // What agrees with nothing takes the places that are left, in the order in which it came.
  const arranged = places.flatMap(
    (place, index) => place ?? (left.length > 0 ? [arrangeAs(recorded[index], left.shift())] : []),
  );
  return [...arranged, ...left];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

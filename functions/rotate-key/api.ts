import { ConjurError } from '../../lib/errors.ts';
import { nearestOf } from '../../lib/nearest-of.ts';
import type { InvokedRotation, Wire } from '../contract/answers.ts';
import { keyAgeCall } from '../contract/rotate-key.ts';
import type { FunctionDefinition } from '../runtime/create-function.ts';
import {
  assertFits,
  assertParameters,
  encodeValue,
  fieldsOf,
  type HttpCall,
  type HttpReply,
  jsonReply,
  unknownRoute,
} from '../runtime/http.ts';
import { parseInput, parseJsonBody } from '../runtime/input.ts';
import { createRotationDeps } from './create-deps.ts';
import type { RotationDeps } from './deps.ts';
import { isKeyAgeCall } from './key-age.ts';
import { logFields, type RotateAnswer, type RotateKeyAnswer, type RotateRequest, rotate } from './rotate.ts';
import { isStepEvent, stepEventSchema } from './strategies/conjur-api-key/secrets-manager-step.ts';
import { STRATEGIES } from './strategies/registry.ts';

const EXAMPLE = '{"name":"app/db/password","strategy":"random"}';

/** `POST /rotations`. @throws ConjurError `invalid_request` */
export function parseHttp(call: HttpCall): RotateRequest {
  if (call.method !== 'POST' || call.path !== '/rotations') throw unknownRoute(call, 'POST /rotations');
  assertParameters(call.query, []);
  return parseRotation(parseJsonBody(call.body, EXAMPLE), true);
}

/** A direct call, the input of a schedule, or an event of Secrets Manager's. @throws ConjurError `invalid_request` */
export function parseDirect(payload: unknown): RotateRequest {
  if (isStepEvent(payload)) return { kind: 'step', event: parseInput(stepEventSchema, payload, 'The event') };
  if (isKeyAgeCall(payload)) {
    return { kind: 'key-age', secretId: parseInput(keyAgeCall, payload, 'The call').key_age.secret_id };
  }
  return parseRotation(payload, false);
}

function parseRotation(payload: unknown, overHttp: boolean): RotateRequest {
  const { strategy: named } = fieldsOf(payload);
  // Under what is no text the map has nothing.
  const strategy = STRATEGIES.get(named as string);
  if (strategy === undefined) {
    throw new ConjurError(
      'invalid_request',
      `${suggest(named)}The call must name a strategy: ${[...STRATEGIES.keys()].join(', ')}. For example ${EXAMPLE}.`,
    );
  }
  return { kind: 'rotation', rotation: strategy.parse(payload), overHttp };
}

/** The text itself is not repeated: it may be anything, a value in the wrong field for one. */
function suggest(named: unknown): string {
  const nearest = typeof named === 'string' ? nearestOf(named.slice(0, 40), [...STRATEGIES.keys()]) : undefined;
  return nearest === undefined ? '' : `Did you mean "${nearest}"? `;
}

const DONE_ALL_THE_SAME = 'The rotation is done; read the value from Conjur itself.';

/** @throws ConjurError `payload_too_large`, where the value is done for but does not fit into the answer */
export function toDirect(request: RotateRequest, answer: RotateKeyAnswer): unknown {
  if (answer.kind === 'step') return { name: answer.name, step: answer.step, outcome: answer.outcome };
  if (answer.kind === 'key-age') return { name: answer.name, age_seconds: answer.ageSeconds ?? null };
  const body = toBody(request, answer);
  assertFits(Buffer.byteLength(JSON.stringify(body)), DONE_ALL_THE_SAME);
  return body;
}

/** What is not known is null, and not guessed. */
function toBody(request: RotateRequest, answer: RotateAnswer): Wire<InvokedRotation> {
  const { name, strategy, version, rotatedAt, value, details, eventFailure } = answer;
  const returnValue = request.kind === 'rotation' && request.rotation.returnValue;
  return {
    name,
    strategy,
    version: version ?? null,
    rotated_at: rotatedAt,
    ...details,
    ...(eventFailure === undefined ? {} : { event_not_published_because: eventFailure }),
    ...(returnValue && value !== undefined ? encodeValue(value) : {}),
  };
}

export function toReply(request: RotateRequest, answer: RotateKeyAnswer): HttpReply {
  return jsonReply(200, toDirect(request, answer));
}

/** rotate-key without a container, so that a test can give it one of its own. */
export const rotateKeyFunction: FunctionDefinition<RotateRequest, RotateKeyAnswer, RotationDeps> = {
  name: 'rotate-key',
  parseHttp,
  parseDirect,
  connect: createRotationDeps,
  handle: rotate,
  toReply,
  toDirect,
  describe(request, { settings }) {
    if (request.kind === 'step') return { call: request.event.Step, secretId: request.event.SecretId };
    if (request.kind === 'key-age') return { call: 'key-age', secretId: request.secretId };
    return { call: 'rotate', ...logFields(request.rotation, settings) };
  },
};

import { ConjurError } from '../../lib/errors/conjur-error.ts';
import { fieldsOf } from '../shared/fields-of.ts';
import type { HttpCall } from '../shared/http/http-call.ts';
import { assertParameters } from '../shared/http/parse-query.ts';
import { unknownRoute } from '../shared/http/unknown-route.ts';
import { parseInput, parseJsonBody } from '../shared/parse-input.ts';
import { isStepEvent, type StepEvent, stepEventSchema } from './conjur-api-key/step-event.ts';
import { isKeyAgeCall, keyAgeSchema } from './key-age/request.ts';
import { STRATEGIES } from './strategies/registry.ts';
import type { RotationStrategy } from './strategies/strategy.ts';

/** What rotate-key can be asked for: a rotation, a step of one that Secrets Manager runs, or how old the credential is. */
export type RotateRequest =
  | {
      readonly kind: 'rotation';
      readonly strategy: RotationStrategy;
      /** Checked by the strategy's own schema. */
      readonly input: unknown;
      readonly returnValue: boolean;
    }
  | { readonly kind: 'step'; readonly event: StepEvent }
  | { readonly kind: 'key-age'; readonly secretId: string | undefined };

const EXAMPLE = '{"name":"app/db/password","strategy":"random"}';

/** `POST /rotations`. @throws ConjurError `invalid_request` */
export function parseHttp(call: HttpCall): RotateRequest {
  if (call.method !== 'POST' || call.path !== '/rotations') throw unknownRoute(call, 'POST /rotations');
  assertParameters(call.query, []);
  return parseRotation(parseJsonBody(call.body, EXAMPLE));
}

/** A direct call, the input of a schedule, or an event of Secrets Manager's. @throws ConjurError `invalid_request` */
export function parseDirect(payload: unknown): RotateRequest {
  if (isStepEvent(payload)) return { kind: 'step', event: parseInput(stepEventSchema, payload, 'The event') };
  if (isKeyAgeCall(payload)) {
    return { kind: 'key-age', secretId: parseInput(keyAgeSchema, payload, 'The call').key_age.secret_id };
  }
  return parseRotation(payload);
}

function parseRotation(payload: unknown): RotateRequest {
  const { strategy: named } = fieldsOf(payload);
  const strategy = typeof named === 'string' ? STRATEGIES.get(named) : undefined;
  if (strategy === undefined) {
    throw new ConjurError(
      'invalid_request',
      `The call must name a strategy: ${[...STRATEGIES.keys()].join(', ')}. For example ${EXAMPLE}.`,
    );
  }
  const input = parseInput(strategy.schema, payload, 'The call') as { return_value?: boolean };
  return { kind: 'rotation', strategy, input, returnValue: input.return_value === true };
}

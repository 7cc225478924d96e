import type * as v from 'valibot';
import type { Deadline } from '../../../lib/clock.ts';
import type { Secret } from '../../../lib/secret.ts';
import type { InvokedRotationDetails, Wire } from '../../contract/answers.ts';
import type { RotationNeeds } from '../../runtime/access.ts';
import type { Right } from '../../runtime/callers.ts';
import { parseInput } from '../../runtime/input.ts';
import type { FunctionSettings } from '../../runtime/settings.ts';
import type { Logged, RotationDeps } from '../deps.ts';

export type RotationDetails = Wire<InvokedRotationDetails>;

export interface Rotated {
  readonly name: string;
  /** A number for a Conjur variable, an id for a Secrets Manager secret; undefined where it could not be seen. */
  readonly version: number | string | undefined;
  /** Given to the caller only where the call asks for it. */
  readonly value: Secret | undefined;
  /** Whatever else the strategy tells its caller; no secrets. */
  readonly details?: RotationDetails | undefined;
}

/** A rotation that was asked for, its input checked. */
export interface Rotation extends RotationNeeds {
  /** As calls name it. */
  readonly strategy: string;
  /** The secret of Secrets Manager that is rotated; undefined where that is a Conjur variable, or none is named. */
  readonly secretId: (settings: FunctionSettings) => string | undefined;
  /** Whether the caller gets the new value. */
  readonly returnValue: boolean;
  /** @param logged runs a step under its name, so that the log says how far a rotation got */
  readonly rotate: (deps: RotationDeps, deadline: Deadline, logged: Logged) => Promise<Rotated>;
}

/**
 * A way to rotate. Each is a sequence of named steps whose state lives outside the process (in Conjur, Secrets Manager or LiteLLM), so
 * that a rotation that was broken off is finished by calling it again.
 */
export interface RotationStrategy {
  readonly name: string;
  /** The fields of a call, `strategy` among them. */
  readonly schema: v.GenericSchema;
  /** @throws ConjurError `invalid_request` */
  readonly parse: (payload: unknown) => Rotation;
}

/** What a strategy is made of; its input has the type of its schema. */
interface StrategyParts<Schema extends v.GenericSchema> {
  readonly name: string;
  readonly schema: Schema;
  affectedVariables(input: v.InferOutput<Schema>): readonly string[];
  secretId?(input: v.InferOutput<Schema>, settings: FunctionSettings): string | undefined;
  /** Default: none. */
  stagingVariables?(input: v.InferOutput<Schema>): readonly string[];
  /** What a caller must be allowed beside `rotate`, and beside `read` where it gets the value. Default: nothing. */
  readonly rights?: readonly Right[];
  rotate(deps: RotationDeps, input: v.InferOutput<Schema>, deadline: Deadline, logged: Logged): Promise<Rotated>;
}

/** Makes a strategy of its parts, whose input is closed over where it was parsed. */
export function createStrategy<
  const Schema extends v.GenericSchema<unknown, { strategy: string; return_value?: boolean | undefined }>,
>(parts: StrategyParts<Schema>): RotationStrategy {
  const { name, schema } = parts;
  return {
    name,
    schema,
    parse(payload) {
      const input = parseInput(schema, payload, 'The call');
      return {
        strategy: name,
        affectedVariables: parts.affectedVariables(input),
        secretId: (settings) => parts.secretId?.(input, settings),
        stagingVariables: parts.stagingVariables?.(input) ?? [],
        returnValue: input.return_value === true,
        rights: ['rotate', ...(parts.rights ?? []), ...(input.return_value === true ? (['read'] as const) : [])],
        rotate: (deps, deadline, logged) => parts.rotate(deps, input, deadline, logged),
      };
    },
  };
}

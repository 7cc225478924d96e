import * as v from 'valibot';
import type { Deadline } from '../../../lib/deadline.ts';
import type { Secret } from '../../../lib/secret.ts';
import { variableName } from '../../runtime/input.ts';
import type { RotationPorts, RunStep } from '../deps.ts';

export interface Rotated {
  readonly name: string;
  /** A number for a Conjur variable, an id for a Secrets Manager secret; undefined where it could not be seen. */
  readonly version: number | string | undefined;
  /** Given to the caller only where the call asks for it. */
  readonly value: Secret | undefined;
  /** Whatever else the strategy tells its caller; no secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * A way to rotate. Each is a sequence of named steps whose state lives outside the process (in Conjur, Secrets Manager or LiteLLM), so
 * that a rotation that was broken off is finished by calling it again.
 */
export interface RotationStrategy<Schema extends v.GenericSchema = v.GenericSchema> {
  /** As calls name it. */
  readonly name: string;
  /** The fields of a call, `strategy` among them. */
  readonly schema: Schema;
  /** The Conjur variables that a call reads and writes, for `hosted_keys`; none where it rotates something else. */
  variablesOf(input: v.InferOutput<Schema>): readonly string[];
  /** @param runStep runs a step under its name, so that the log says how far a rotation got */
  rotate(ports: RotationPorts, input: v.InferOutput<Schema>, deadline: Deadline, runStep: RunStep): Promise<Rotated>;
}

/** Fields that every rotation of a Conjur variable takes. */
export const commonFields = {
  name: variableName,
  /** Default false: the new value stays out of the answer. */
  return_value: v.optional(v.boolean()),
};

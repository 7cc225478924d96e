import * as v from 'valibot';
import { variableName } from '../../shared/schema.ts';

/** Fields that every rotation of a Conjur variable takes. */
export const commonFields = {
  name: variableName,
  /** Default false: the new value stays out of the answer. */
  return_value: v.optional(v.boolean()),
};

import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';

/** A JSON Schema of the dialect that OpenAPI 3.1 takes (2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema of a valibot schema. Checks that are code of our own (is this the id of a variable?) have no counterpart and are left
 * out: the server still makes them.
 */
export function toSchema(schema: v.GenericSchema): JsonSchema {
  const { $schema, ...rest } = toJsonSchema(schema, { target: 'draft-2020-12', errorMode: 'ignore' });
  return rest;
}

/** The schemas of an object's fields, and which of them must be there. */
export function toFields(schema: v.GenericSchema): { properties: Record<string, JsonSchema>; required: string[] } {
  const { properties = {}, required = [] } = toSchema(schema) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return { properties, required };
}

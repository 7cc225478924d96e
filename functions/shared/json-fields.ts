/**
 * Fields of a JSON object as text, without the braces: `"a":1,"b":2`, or nothing. Most of what declares a line's metrics is the same in
 * every line, and so it is serialised once and not with every call.
 */
export type JsonFields = string;

export function toJsonFields(fields: Readonly<Record<string, unknown>>): JsonFields {
  return JSON.stringify(fields).slice(1, -1);
}

export function joinFields(first: JsonFields, second: JsonFields): JsonFields {
  return first === '' || second === '' ? first + second : `${first},${second}`;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The fields of what may be an object; none where it is not. For events, whose parts may be missing or of another kind. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

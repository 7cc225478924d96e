/** A JSON Schema, as far as the reference shows one. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

export interface Example {
  readonly $ref?: string;
  readonly value?: unknown;
}

interface MediaType {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, Example>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
  readonly description?: string;
  readonly example?: unknown;
}

export interface Response {
  readonly description: string;
  readonly content: Readonly<Record<string, MediaType>>;
}

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, MediaType>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** The document of the HTTP API, which is our own (`docs/openapi.json`). */
export interface OpenapiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Omit<Operation, 'method' | 'path'>>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, Example>>;
  };
}

/** The calls in the order of the document, by function. */
export function operationsByFunction({ paths }: OpenapiDocument): Map<string, Operation[]> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
  );
  return Map.groupBy(operations, ({ tags }) => tags[0] ?? 'other');
}

/** A row of a table of fields: `secrets[].name`. */
export interface FieldRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** The fields of an object, those of objects within it after their own. */
export function fieldsOf(document: OpenapiDocument, schema: Schema, prefix = ''): FieldRow[] {
  const { properties = {}, required = [] } = resolve(document, schema);
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = property.type === 'array' && property.items !== undefined ? property.items : property;
    const row = {
      name: `${prefix}${name}`,
      type: typeOf(document, property),
      required: required.includes(name),
      description: property.description ?? '',
    };
    const suffix = inner === property ? '.' : '[].';
    return [row, ...fieldsOf(document, inner, `${prefix}${name}${suffix}`)];
  });
}

/** What an example shows, also where it is only referred to. */
export function exampleOf({ components }: OpenapiDocument, { $ref, value }: Example): unknown {
  return $ref === undefined ? value : components.examples[$ref.split('/').at(-1) ?? '']?.value;
}

/** One schema for each form that a body may have. */
export function formsOf(document: OpenapiDocument, schema: Schema): readonly Schema[] {
  const resolved = resolve(document, schema);
  return (resolved.oneOf ?? [resolved]).map((form) => resolve(document, form));
}

function resolve({ components }: OpenapiDocument, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (components.schemas[name] ?? {});
}

function typeOf(document: OpenapiDocument, schema: Schema): string {
  const { type, title, enum: values, const: only, anyOf, oneOf, items } = resolve(document, schema);
  if (only !== undefined) return JSON.stringify(only);
  if (values !== undefined)
    return values.length > 4 ? 'string' : values.map((value) => JSON.stringify(value)).join(' | ');
  const several = anyOf ?? oneOf;
  if (several !== undefined) return several.map((each) => typeOf(document, each)).join(' | ');
  if (type === 'array' && items !== undefined) return `array of ${typeOf(document, items)}`;
  return title ?? type ?? 'any';
}

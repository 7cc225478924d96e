/** A compiled CloudFormation template, as far as it is looked at here. */
export interface Template {
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A statement of any policy in a template, with where it stands. */
export interface PolicyStatement {
  readonly where: string;
  readonly resourceType: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly unknown[];
  readonly principal: unknown;
  readonly condition: unknown;
}

/** @throws Error where the text is no template */
export function parseTemplate(text: string): Template {
  const template: unknown = JSON.parse(text);
  if (typeof template !== 'object' || template === null || !('Resources' in template))
    throw new Error('This is no CloudFormation template: it has no Resources.');
  return template as Template;
}

/** Resources of a type, with their logical ids. */
export function resourcesOf(template: Template, type: string): [string, Readonly<Record<string, unknown>>][] {
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, resource]) => [id, resource.Properties ?? {}]);
}

/** The environment of a function, by its properties. A value is a text, or what CloudFormation makes one of. */
export function environmentOf(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return (properties.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
}

/** Every policy statement, wherever a policy document can stand: roles, queues, buckets, keys, secrets. */
export function listStatements(template: Template): PolicyStatement[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) =>
    findDocuments(resource.Properties).flatMap((document) =>
      toList(document.Statement).map((statement) => toStatement(id, resource.Type, statement as Fields)),
    ),
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** A policy document is what has a `Statement`. */
function findDocuments(value: unknown): Fields[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return [value as Fields];
  return Object.values(value).flatMap(findDocuments);
}

function toStatement(where: string, resourceType: string, statement: Fields): PolicyStatement {
  return {
    where,
    resourceType,
    effect: String(statement.Effect),
    actions: toList(statement.Action ?? statement.NotAction).map(String),
    resources: toList(statement.Resource ?? statement.NotResource),
    principal: statement.Principal,
    condition: statement.Condition,
  };
}

function toList(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

import type { PolicyObject } from './policy-object.ts';

/** Attributes of policy statements. An annotation of that name is most likely a mistake. */
const ATTRIBUTES = new Set(
  `id owner body user annotations restricted_to permit deny role privileges resource grant revoke member host-factory
  layers layer variable kind mime_type delete record group host webservice`.split(/\s+/),
);

/** One warning for each annotation that bears the name of an attribute. */
export function findWarnings(objects: readonly PolicyObject[]): string[] {
  const names = objects.flatMap(({ values }) =>
    values.annotations instanceof Map ? [...values.annotations.keys()] : [],
  );
  return [...new Set(names)]
    .filter((name) => ATTRIBUTES.has(name))
    .map(
      (name) =>
        `Annotation '${name}' matches a known policy attribute. ` +
        'This annotation will not be treated as a standard attribute and may not have the intended effect.',
    );
}

import type { ResolverContext } from '../../infra/stack/resolver-context.ts';

/** What serverless.yml hands to a resolver: parameters by name, and its own `custom` block. */
export function resolverContext(
  params: Readonly<Record<string, string>> = {},
  custom: Readonly<Record<string, unknown>> = {},
): ResolverContext {
  const config: Record<string, unknown> = { custom: { settings: {}, ...custom } };
  return {
    resolveConfigurationProperty: async (path) =>
      path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], config),
    resolveVariable: async (variable) => {
      const param = /^param:(\w+), ''$/.exec(variable)?.[1];
      if (param !== undefined) return params[param] ?? '';
      return { 'self:service': 'conjur-functions', 'sls:stage': 'test', 'aws:region': 'eu-central-1' }[variable];
    },
  };
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseDirect } from '../../../../functions/rotate-key/api.ts';
import { STRATEGIES } from '../../../../functions/rotate-key/strategies/registry.ts';
import { createOpenapiDocument } from '../../../../infra/openapi/create-openapi-document.ts';
import { formatOpenapi } from '../../../../infra/openapi/format-openapi.ts';
import { ERROR_STATUS } from '../../../../lib/errors.ts';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

interface Body {
  readonly content: { readonly 'application/json': { readonly examples: Record<string, { readonly value: unknown }> } };
}

type Operations = Record<string, { requestBody?: unknown; responses: Record<string, { description: string }> }>;
const paths = createOpenapiDocument('0.0.0').paths as Record<string, Operations>;

describe('the OpenAPI document', () => {
  it('has the routes of serverless.yml, and no other', () => {
    const { custom } = parse(read('serverless.yml'), { logLevel: 'silent' }) as { custom: { routes: object } };
    const routes = (Object.values(custom.routes) as string[][]).flat().map((route) => route.replace('+}', '}'));
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual(routes.sort());
  });

  it('stands in docs as the schemas give it (npm run openapi)', () => {
    expect(read('docs/openapi.json')).toBe(formatOpenapi());
  });

  it('names each code that a call can meet, under its status', () => {
    const described = Object.values(paths)
      .flatMap((operations) => Object.values(operations))
      .flatMap(({ responses }) => Object.entries(responses))
      .flatMap(([status, { description }]) =>
        [...description.matchAll(/`(\w+)`/g)].map(([, code]) => [code as string, Number(status)] as const),
      );
    expect(Object.fromEntries(described)).toEqual(ERROR_STATUS);
  });

  it('takes the bounds of a request from the schema that checks it', () => {
    const rotation = JSON.stringify(paths['/rotations']?.post);
    expect(rotation).toContain('"length":{"type":"integer","minimum":16,"maximum":4096}');
    for (const strategy of ['random', 'supplied', 'litellm-virtual-key', 'conjur-api-key'])
      expect(rotation).toContain(`{"const":"${strategy}"}`);
  });

  it('has an example of each strategy, which rotate-key takes', () => {
    const body = paths['/rotations']?.post?.requestBody as Body;
    const examples = Object.entries(body.content['application/json'].examples);
    expect(examples.map(([name]) => name)).toEqual([...STRATEGIES.keys()]);
    for (const [name, { value }] of examples)
      expect(parseDirect(value)).toMatchObject({ input: expect.objectContaining({ strategy: name }) });
  });
});

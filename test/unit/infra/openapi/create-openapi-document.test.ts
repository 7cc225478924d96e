import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FUNCTION_ERROR_STATUS } from '../../../../functions/contract/error-codes.ts';
import { parseDirect } from '../../../../functions/rotate-key/api.ts';
import { STRATEGIES } from '../../../../functions/rotate-key/strategies/registry.ts';
import { answers } from '../../../../infra/openapi/answer-schemas.ts';
import { createOpenapiDocument } from '../../../../infra/openapi/create-openapi-document.ts';
import { formatOpenapi } from '../../../../infra/openapi/format-openapi.ts';

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

interface Body {
  readonly content: { readonly 'application/json': { readonly examples: Record<string, { readonly value: unknown }> } };
}

interface Problems {
  readonly content: Record<string, { readonly examples?: Record<string, { readonly $ref: string }> }>;
}

type Operations = Record<
  string,
  { requestBody?: unknown; responses: Record<string, Problems & { description: string }> }
>;
const document = createOpenapiDocument('0.0.0');
const paths = document.paths as Record<string, Operations>;
const components = document.components as {
  readonly examples: Record<string, { readonly value: { readonly detail: string } }>;
};

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
    expect(Object.fromEntries(described)).toEqual(FUNCTION_ERROR_STATUS);
  });

  it('shows for each code an example of its own, which is a problem document', () => {
    const examples = Object.values(paths)
      .flatMap((operations) => Object.values(operations))
      .flatMap(({ responses }) => Object.values(responses))
      .flatMap(({ content }) => Object.entries(content['application/problem+json']?.examples ?? {}));
    for (const [code, { $ref }] of examples) expect($ref).toBe(`#/components/examples/${code}`);
    expect(new Set(examples.map(([code]) => code))).toEqual(new Set(Object.keys(FUNCTION_ERROR_STATUS)));
    const byCode = new Map(Object.entries(components.examples).map(([code, { value }]) => [code, value]));
    expect([...byCode.keys()].sort()).toEqual(Object.keys(FUNCTION_ERROR_STATUS).sort());
    for (const [code, value] of byCode) {
      expect(v.safeParse(answers.Problem, value).issues, code).toBeUndefined();
      expect(value).toMatchObject({ code, status: FUNCTION_ERROR_STATUS[code as keyof typeof FUNCTION_ERROR_STATUS] });
    }
    expect(new Set([...byCode.values()].map(({ detail }) => detail)).size).toBe(byCode.size);
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
      expect(parseDirect(value)).toMatchObject({ rotation: expect.objectContaining({ strategy: name }) });
  });
});

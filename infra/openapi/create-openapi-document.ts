import { FUNCTION_ERROR_STATUS, type FunctionErrorCode } from '../../functions/contract/error-codes.ts';
import { answers } from './answer-schemas.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { toProblemExample } from './problem-examples.ts';
import { toProblemResponses } from './problem-responses.ts';
import { toSchema } from './to-schema.ts';

const DESCRIPTION = `Reads, writes and rotates secrets in CyberArk Conjur.

Every answer carries \`cache-control: no-store\` and \`x-correlation-id\`. A deployed API asks for a SigV4 signature
(or a token, where it was deployed with another authorizer); on your own machine it asks for nothing.`;

const codes = Object.keys(FUNCTION_ERROR_STATUS) as FunctionErrorCode[];

/**
 * The OpenAPI 3.1 document of the HTTP API. https://spec.openapis.org/oas/v3.1.1
 * @param version of the project
 */
export function createOpenapiDocument(version: string): Record<string, unknown> {
  return {
    openapi: '3.1.1',
    info: {
      title: 'conjur-functions',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: ['read-secret', 'write-secret', 'rotate-key'].map((name) => ({ name })),
    security: [{ sigv4: [] }],
    paths: toPaths(OPERATIONS),
    components: {
      examples: Object.fromEntries(codes.map((code) => [code, { value: toProblemExample(code) }])),
      schemas: Object.fromEntries(Object.entries(answers).map(([name, schema]) => [name, toSchema(schema)])),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4 for the service execute-api.',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
  };
}

function toPaths(operations: readonly Operation[]): Record<string, unknown> {
  const byPath = Map.groupBy(operations, ({ path }) => path);
  const toItem = (group: readonly Operation[]) =>
    Object.fromEntries(group.map((operation) => [operation.method, toOperation(operation)]));
  return Object.fromEntries([...byPath].map(([path, group]) => [path, toItem(group)]));
}

function toOperation(operation: Operation): Record<string, unknown> {
  const { id, summary, description, tag, parameters, body } = operation;
  return {
    operationId: id,
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [tag],
    ...(parameters === undefined ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: toRequestBody(body) }),
    responses: { ...toAnswers(operation), ...toProblemResponses(operation.codes) },
  };
}

function toRequestBody({ json, examples, bytes }: NonNullable<Operation['body']>): Record<string, unknown> {
  const named = Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }]));
  const content = { 'application/json': { schema: json, examples: named } };
  return { required: true, content: bytes === true ? { ...content, 'application/octet-stream': {} } : content };
}

function toAnswers({ id, answers: byStatus, bytesAnswer }: Operation): Record<string, unknown> {
  const refs = (name: string): unknown =>
    id === 'readSecrets' ? { oneOf: [toRef('Secrets'), toRef('SecretList')] } : toRef(name);
  const toContent = (name: string) => ({
    'application/json': { schema: refs(name) },
    ...(bytesAnswer === true ? { 'application/octet-stream': {} } : {}),
  });
  const entries = Object.entries(byStatus);
  return Object.fromEntries(
    entries.map(([status, name]) => [status, { description: DESCRIPTIONS[status] ?? '', content: toContent(name) }]),
  );
}

const DESCRIPTIONS: Readonly<Record<string, string>> = { 200: 'Done', 201: 'Done, and made for the first time' };

function toRef(name: string): { $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

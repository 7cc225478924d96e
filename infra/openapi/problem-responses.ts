import { FUNCTION_ERROR_STATUS, type FunctionErrorCode } from '../../functions/contract/error-codes.ts';

const ALWAYS: readonly FunctionErrorCode[] = [
  'invalid_request',
  'forbidden',
  'config_invalid',
  'internal',
  'authentication_failed',
  'upstream_error',
  'upstream_unavailable',
  'deadline_exceeded',
];

/** The failures of a call by status, each code with an example of its own: those that every call can meet, and its own. */
export function toProblemResponses(own: readonly FunctionErrorCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy([...ALWAYS, ...own], (code) => FUNCTION_ERROR_STATUS[code]);
  const entries = [...byStatus].sort(([a], [b]) => a - b);
  return Object.fromEntries(
    entries.map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `\`${code}\``).join(', '),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  );
}

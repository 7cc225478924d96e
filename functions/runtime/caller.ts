import { type Fields, fieldsOf, isHttpEvent } from './http.ts';

/** What an ARN, a subject or a request id may be as long as in a log line. */
const MAX_LENGTH = 512;

/** API Gateway's id of the request, or a function URL's; undefined for a direct invocation. */
export function parseApiRequestId(event: unknown): string | undefined {
  return isHttpEvent(event) ? toText(fieldsOf(event.requestContext).requestId) : undefined;
}

/**
 * Who made a request, as the authorizer found out, and not as a header says: the ARN of the IAM identity, the subject of the token, or what
 * the Lambda authorizer calls the principal. Undefined for a direct invocation.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function parseCaller(event: unknown): string | undefined {
  if (!isHttpEvent(event)) return undefined;
  const context = fieldsOf(event.requestContext);
  const authorizer = fieldsOf(context.authorizer);
  const claims = [fieldsOf(fieldsOf(authorizer.jwt).claims), fieldsOf(authorizer.claims)];
  const candidates = [
    fieldsOf(authorizer.iam).userArn,
    ...claims.map(({ sub }) => sub),
    ...claims.map((named: Fields) => named.client_id),
    ...[fieldsOf(authorizer.lambda), authorizer].flatMap(({ principalId, sub }) => [principalId, sub]),
    // REST APIs with IAM.
    fieldsOf(context.identity).userArn,
  ];
  return candidates.map(toText).find((text) => text !== undefined);
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_LENGTH) : undefined;
}

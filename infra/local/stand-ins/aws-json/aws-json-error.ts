/**
 * An error as an AWS JSON 1.1 service answers it: the client's SDK turns `type` into the exception's name.
 *
 * Source: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export class AwsJsonError extends Error {
  readonly type: string;
  readonly status: number;

  /** @param status HTTP status; 400 for all that the caller did, 500 for the rest. Default 400. */
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsJsonError';
    this.type = type;
    this.status = status;
  }
}

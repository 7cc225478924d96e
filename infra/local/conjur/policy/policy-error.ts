import { jsonReply } from '../http/reply.ts';
import { codedError, ReplyError } from '../http/reply-error.ts';

/** What is wrong with a policy text. `line` and `column` count from 0, as Conjur's parser does. */
export interface PolicyFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A fault in what the text says: an unknown type or attribute, a value of the wrong type. */
export class PolicyInvalidError extends ReplyError {
  readonly fault: PolicyFault;

  constructor(message: string, line: number, column: number) {
    const text = `Error at line ${line}, column ${column} in policy : ${message}`;
    const innererror = { code: 'policy_invalid', filename: 'policy', line, column };
    super(jsonReply(422, { error: { code: 'policy_invalid', message: text, innererror } }), text);
    this.name = 'PolicyInvalidError';
    this.fault = { message, line, column };
  }
}

/** The text is not YAML. */
export class PolicySyntaxError extends ReplyError {
  readonly fault: PolicyFault;

  constructor(message: string, line: number, column: number) {
    super(codedError(422, 'policy_invalid', message).reply, message);
    this.name = 'PolicySyntaxError';
    this.fault = { message, line, column };
  }
}

/** The statements contradict each other, or their ids cannot be resolved. */
export class PolicyResolutionError extends ReplyError {
  readonly fault: PolicyFault;

  constructor(message: string) {
    super(codedError(422, 'policy_invalid', message).reply, message);
    this.name = 'PolicyResolutionError';
    this.fault = { message };
  }
}

/** A statement refers to a role or resource that does not exist. */
export class PolicyReferenceError extends ReplyError {
  readonly fault: PolicyFault;

  constructor(message: string) {
    super(codedError(422, 'policy_invalid', message).reply, message);
    this.name = 'PolicyReferenceError';
    this.fault = { message };
  }
}

/** A text that only adds says the same grant or permission twice. */
export class RepeatedStatementError extends Error {
  constructor(table: string) {
    super(`the policy adds the same row to ${table} twice`);
    this.name = 'RepeatedStatementError';
  }
}

/** Something is wrong with the text as a whole. */
export class PolicyTextError extends ReplyError {
  readonly fault: PolicyFault;

  constructor(problem: string) {
    const details = [{ code: 'validation_failed', target: 'policy_text', message: problem }];
    const message = `policy_text ${problem}`;
    super(jsonReply(422, { error: { code: 'validation_failed', message, details } }), message);
    this.name = 'PolicyTextError';
    this.fault = { message };
  }
}

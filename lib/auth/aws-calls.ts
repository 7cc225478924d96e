import { type Deadline, deadlineExceeded } from '../clock.ts';
import { ConjurError } from '../errors.ts';

/** The name of an exception of AWS's, such as `ResourceNotFoundException`; `unknown` for what is no error. */
export function awsErrorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * What may be kept of an error of AWS's SDK as a cause: its name and where it happened. The error itself holds the response, its
 * message may quote it, and a response may hold a secret.
 */
export function toAwsCause(error: unknown): Error {
  const cause = new Error('an error of the AWS SDK; its message is left out');
  if (!(error instanceof Error)) return cause;
  const place = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  Object.defineProperty(cause, 'name', { value: error.name, configurable: true });
  cause.stack = [`${error.name}: ${cause.message}`, ...place].join('\n');
  return cause;
}

/**
 * What to say where AWS's SDK gave up because it was told no region: `config_invalid`. Undefined for any other error. It has no name for
 * that error but `Error`.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-region.html
 * @param action `describing the secret …`; holds no value
 */
export function toRegionMissing(error: unknown, action: string): ConjurError | undefined {
  if (!(error instanceof Error) || error.message !== 'Region is missing') return undefined;
  const advice = 'AWS_REGION is missing. Set it to the region of the secret.';
  return new ConjurError('config_invalid', `While ${action}: ${advice}`);
}

/** What the SDK's `send` takes beside the command. */
export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/**
 * Sends a command of AWS's SDK, which knows no deadline but takes a signal that ends the call, its retries included.
 * @param action `reading the secret … from Secrets Manager`, for the message; holds no value
 * @throws ConjurError `deadline_exceeded`; everything else as the SDK threw it
 */
export async function withinDeadline<T>(
  deadline: Deadline,
  action: string,
  send: (options: SendOptions) => Promise<T>,
): Promise<T> {
  const abortSignal = AbortSignal.timeout(deadline.timerMs());
  try {
    return await send({ abortSignal });
  } catch (error) {
    // The signal is asked first: it may come a millisecond before its time by the wall clock.
    if (abortSignal.aborted || deadline.remainingMs() <= 0) throw deadlineExceeded(action, toAwsCause(error));
    throw error;
  }
}

/**
 * Limits of a client of AWS: within a region AWS answers in some tens of milliseconds, or a network is in between that does not let it.
 * The SDK has none of its own, so that a function in a VPC without a way to AWS would hang until its time is over.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-timeouts.html
 */
const AWS_CLIENT_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
};

/**
 * The region in which a secret is, where its id says so: an ARN does, a name is in the region of this process.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
 */
export function regionOf(secretId: string): string | undefined {
  return /^arn:aws[\w-]*:secretsmanager:([a-z\d-]+):\d{12}:secret:/.exec(secretId)?.[1];
}

/** Options of a client of AWS: its limits, and a region where one is named. */
export function toClientOptions(region: string | undefined): typeof AWS_CLIENT_LIMITS & { readonly region?: string } {
  return region === undefined ? AWS_CLIENT_LIMITS : { ...AWS_CLIENT_LIMITS, region };
}

/** One client for each region that is asked for, made when it first is. */
export function clientPerRegion<Client>(create: (region: string | undefined) => Client): (secretId: string) => Client {
  const clients = new Map<string | undefined, Client>();
  return (secretId) => {
    const region = regionOf(secretId);
    const client = clients.get(region) ?? create(region);
    clients.set(region, client);
    return client;
  };
}

const THROTTLED = new Set([
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);

/** Whether AWS answered that it is asked too often, which is no outage. @param name of the exception */
export function isThrottled(name: string): boolean {
  return THROTTLED.has(name);
}

/** What is wrong, for machines. */
export type FaultCode =
  | 'settings_invalid'
  | 'host_unreachable'
  | 'tls_untrusted'
  | 'clock_off'
  | 'wrong_account'
  | 'wrong_key'
  | 'unencoded_login'
  | 'no_privilege'
  | 'missing_variable'
  | 'follower_given_for_writing'
  | 'unexpected_answer';

export type CheckName =
  | 'settings'
  | 'connection'
  | 'certificate'
  | 'clock'
  | 'authentication'
  | 'whoami'
  | 'followers'
  | 'read'
  | 'write'
  | 'rotate';

/** What one check found. No secret stands in any of its texts. */
export interface CheckResult {
  readonly name: CheckName;
  readonly status: 'ok' | 'failed' | 'skipped';
  /** One sentence: what was found. */
  readonly message: string;
  readonly fault?: FaultCode;
  /** What to do about the fault. */
  readonly advice?: string;
  /** The same by hand. `$TOKEN`, `$CYBERARK_API_KEY` and the like stand for what is secret. */
  readonly curl?: string;
  /** Nothing after this check can succeed. */
  readonly fatal?: boolean;
}

export type CheckOutcome = Omit<CheckResult, 'name'>;

export function passed(message: string, curl?: string): CheckOutcome {
  return { status: 'ok', message, ...(curl === undefined ? {} : { curl }) };
}

export function failed(
  fault: FaultCode,
  message: string,
  advice: string,
  more: Pick<CheckOutcome, 'curl' | 'fatal'> = {},
): CheckOutcome {
  return { status: 'failed', fault, message, advice, ...more };
}

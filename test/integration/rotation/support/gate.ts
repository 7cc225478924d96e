/** What a call out of the process is made to suffer. */
export type Fault = 'crash-before' | 'crash-after' | 'answer-lost' | 'answer-5xx' | 'timeout';

/** A call out of the process, as a table of them shows it. */
export interface OutgoingCall {
  readonly service: 'conjur' | 'secrets-manager' | 'litellm' | 'eventbridge';
  /** `GET /secrets/…`, `PutSecretValue`; holds no secret. */
  readonly name: string;
}

/** How a service's client sees the faults that are not crashes. */
export interface FaultForms<T> {
  readonly lost: () => Error;
  readonly timeout: () => Error;
  /** An answer of 503, or the exception that a client makes of one. */
  readonly unavailable: () => T;
}

export interface PlannedFault {
  readonly fault: Fault;
  /** Counted from 0. */
  readonly at: number;
  /** True: the calls after it, too. A crash ends everything anyhow. */
  readonly lasting: boolean;
}

/** What a process leaves by: all its calls pass here, so that they can be counted, spoilt, ordered, or ended with the process. */
export class Gate {
  readonly calls: OutgoingCall[] = [];
  /** Resolves when the process has crashed. */
  readonly crashed: Promise<void>;
  readonly #plan: PlannedFault | undefined;
  /** Waits before each call: a scheduler that orders the calls of several processes. */
  readonly #turn: (call: OutgoingCall) => Promise<void>;
  #crash: () => void = () => undefined;
  #dead = false;

  constructor(plan?: PlannedFault, turn: (call: OutgoingCall) => Promise<void> = async () => undefined) {
    this.#plan = plan;
    this.#turn = turn;
    this.crashed = new Promise((resolve) => {
      this.#crash = resolve;
    });
  }

  async pass<T>(call: OutgoingCall, send: () => Promise<T>, forms: FaultForms<T>): Promise<T> {
    if (this.#dead) return never();
    await this.#turn(call);
    const fault = this.#faultOf(this.calls.push(call) - 1);
    switch (fault) {
      case undefined:
        return send();
      case 'crash-before':
        return this.#die();
      case 'crash-after':
        await send();
        return this.#die();
      case 'answer-lost':
        await send();
        throw forms.lost();
      case 'answer-5xx':
        return forms.unavailable();
      case 'timeout':
        throw forms.timeout();
    }
  }

  #faultOf(index: number): Fault | undefined {
    if (this.#plan === undefined) return undefined;
    const { fault, at, lasting } = this.#plan;
    return index === at || (lasting && index > at) ? fault : undefined;
  }

  /** Nothing catches a crash: whoever waits for this call waits for ever, and no call comes after it. */
  #die(): Promise<never> {
    this.#dead = true;
    this.#crash();
    return never();
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

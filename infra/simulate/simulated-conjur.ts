import type { Dispatcher } from 'undici';
import type { Trouble } from './options.ts';
import type { Timeline } from './timeline.ts';

/** What a request is for Conjur: each takes its own time. */
export type WorkKind = 'authenticate' | 'read' | 'write' | 'policy load';

/** Milliseconds that a worker of a genuine Conjur took, least and most, on a machine that did nothing else. */
export const SERVICE_MS: Readonly<Record<WorkKind, readonly [least: number, most: number]>> = {
  authenticate: [14, 17],
  read: [12, 18],
  write: [16, 21],
  'policy load': [66, 115],
};
/** A policy load that finds the lock held is told so at once. */
const CONFLICT_MS = 5;
/** Requests that wait for a worker before the system refuses connections: the usual backlog of a listening socket. */
const BACKLOG = 1_024;

/** By how much work takes longer at a server that is slow. */
const SLOWNESS = 10;

export interface SimulatedServerOptions {
  readonly timeline: Timeline;
  readonly random: () => number;
  /** Requests that are worked on at once; the others wait in line. */
  readonly workers: number;
  /** Seconds that a session token lives. */
  readonly tokenLifeS: number;
  readonly onRequest: (kind: WorkKind) => void;
}

type Reply = (answer: { readonly status: number; readonly body: string } | { readonly code: string }) => void;

interface Job {
  readonly kind: WorkKind;
  /** By how much its work takes longer. Default 1. */
  readonly slowness?: number;
  readonly reply: Reply;
}

/** A Conjur, or a follower: workers, a line before them, a lock on policy loads, and what ails it at times. */
export class SimulatedServer {
  readonly #options: SimulatedServerOptions;
  readonly #line: Job[] = [];
  #lineStart = 0;
  #busy = 0;
  #isPolicyLocked = false;
  trouble: Trouble | undefined;

  constructor(options: SimulatedServerOptions) {
    this.#options = options;
  }

  /** Requests that wait for a worker. */
  get waiting(): number {
    return this.#line.length - this.#lineStart;
  }

  handle(job: Job): void {
    const { timeline, random, onRequest } = this.#options;
    onRequest(job.kind);
    const trouble = this.trouble !== undefined && random() < this.trouble.share ? this.trouble.kind : undefined;
    if (trouble === 'hanging') return;
    if (trouble === 'refused' || this.waiting >= BACKLOG) timeline.plan(() => job.reply({ code: 'ECONNREFUSED' }), 1);
    else if (trouble === '503') timeline.plan(() => job.reply({ status: 503, body: '' }), 1);
    else this.#takeIn(trouble === 'slow' ? { ...job, slowness: SLOWNESS } : job);
  }

  #takeIn(job: Job): void {
    if (this.#busy < this.#options.workers) this.#work(job);
    else this.#line.push(job);
  }

  #work(job: Job): void {
    const { timeline } = this.#options;
    this.#busy += 1;
    const isConflict = job.kind === 'policy load' && this.#isPolicyLocked;
    if (job.kind === 'policy load') this.#isPolicyLocked = true;
    timeline.plan(
      () => {
        this.#busy -= 1;
        if (job.kind === 'policy load' && !isConflict) this.#isPolicyLocked = false;
        job.reply(isConflict ? { status: 409, body: '' } : this.#answer(job.kind));
        this.#next();
      },
      isConflict ? CONFLICT_MS : this.#drawServiceMs(job),
    );
  }

  #next(): void {
    const job = this.#line[this.#lineStart];
    if (job === undefined) return;
    this.#lineStart += 1;
    if (this.#lineStart > BACKLOG) {
      this.#line.splice(0, this.#lineStart);
      this.#lineStart = 0;
    }
    this.#work(job);
  }

  #drawServiceMs({ kind, slowness = 1 }: Job): number {
    const [least, most] = SERVICE_MS[kind];
    return slowness * (least + this.#options.random() * (most - least));
  }

  #answer(kind: WorkKind): { status: number; body: string } {
    if (kind === 'authenticate') return { status: 200, body: this.#issueToken() };
    if (kind === 'read') return { status: 200, body: 'value' };
    return { status: 201, body: kind === 'write' ? '' : '{"created_roles":{},"version":1}' };
  }

  #issueToken(): string {
    const { timeline, tokenLifeS } = this.#options;
    const iat = Math.floor(timeline.now() / 1000);
    const payload = Buffer.from(JSON.stringify({ sub: 'host/fleet', iat, exp: iat + tokenLifeS })).toString('base64');
    return JSON.stringify({ protected: '', payload, signature: '' });
  }
}

/** The network between a fleet and its servers: a dispatcher that hands each request to the server of its origin. */
export function createSimulatedNetwork(servers: ReadonlyMap<string, SimulatedServer>): Dispatcher {
  const dispatch: Dispatcher['dispatch'] = (options, handler) => {
    const server = servers.get(String(options.origin));
    if (server === undefined) throw new TypeError(`There is no server ${String(options.origin)}.`);
    let isAborted = false;
    const controller = {
      abort() {
        isAborted = true;
      },
    } as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, undefined);
    server.handle({
      kind: kindOf(options),
      reply(answer) {
        // Whoever has given up does not keep the worker from its work.
        if (isAborted) return;
        if ('code' in answer) {
          handler.onResponseError?.(controller, Object.assign(new Error(answer.code), { code: answer.code }));
          return;
        }
        handler.onResponseStart?.(controller, answer.status, {});
        if (answer.body !== '') handler.onResponseData?.(controller, Buffer.from(answer.body));
        handler.onResponseEnd?.(controller, {});
      },
    });
    return true;
  };
  return { dispatch } as Dispatcher;
}

function kindOf({ method, path }: Dispatcher.DispatchOptions): WorkKind {
  if (path.endsWith('/authenticate')) return 'authenticate';
  if (path.startsWith('/policies/')) return 'policy load';
  return method === 'GET' ? 'read' : 'write';
}

/** A server that requests go to. */
export interface Server {
  /** Scheme, host and port. */
  readonly origin: string;
  /** The base URL's own path, without a slash at the end. */
  readonly basePath: string;
  /** False for a follower, which answers reads alone and may lag behind. */
  readonly isLeader: boolean;
}

export function toServer(url: URL, isLeader: boolean): Server {
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, ''), isLeader };
}

/** How long a server that could not be reached is asked last, in milliseconds. */
const PAUSE_MS = 30_000;

/**
 * In which order the servers of reads are asked: followers as they are given, then the leader. One that could not be reached comes
 * last for a while, so that not every read waits for it anew.
 */
export class ServerOrder {
  readonly #servers: readonly Server[];
  readonly #unreachableSinceMs = new Map<Server, number>();

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  at(nowMs: number): readonly Server[] {
    if (this.#unreachableSinceMs.size === 0) return this.#servers;
    const paused = this.#servers.filter((server) => this.#isPaused(server, nowMs));
    return [...this.#servers.filter((server) => !paused.includes(server)), ...paused];
  }

  note(server: Server, reachable: boolean, nowMs: number): void {
    if (reachable) this.#unreachableSinceMs.delete(server);
    else this.#unreachableSinceMs.set(server, nowMs);
  }

  /** A wall clock that went backwards ends the pause. */
  #isPaused(server: Server, nowMs: number): boolean {
    const ageMs = nowMs - (this.#unreachableSinceMs.get(server) ?? Number.NEGATIVE_INFINITY);
    return ageMs >= 0 && ageMs < PAUSE_MS;
  }
}

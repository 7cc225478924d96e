import type { Topic } from './topics.ts';

/** A program of ours that drives a client which somebody else wrote. */
export interface Peer {
  /** `Go`. */
  readonly name: string;
  /** The client and its pinned version, as its own ecosystem writes it. */
  readonly client: string;
  /** What the client has no public function for; the run says so. */
  readonly lacks: readonly Topic[];
  /**
   * Fetches what it needs below the cache folder, and tells how to start it.
   *
   * @throws NotHere when this machine lacks a program that it needs.
   */
  prepare(cache: string): Promise<Command>;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** This machine cannot run the peer. No failure, but the run says loudly what it left out. */
export class NotHere extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotHere';
  }
}

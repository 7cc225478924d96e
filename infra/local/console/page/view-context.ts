import type { ConsoleFacts } from '../console-facts.ts';
import type { Store } from './store.ts';

/** What a view gets: where it shows itself, what it shows, and until when. */
export interface ViewContext {
  readonly root: HTMLElement;
  readonly store: Store;
  readonly facts: ConsoleFacts;
  /** The rest of the address, decoded: the name of a secret. Undefined where there is none. */
  readonly rest: string | undefined;
  /** Aborts when another view takes the place. */
  readonly signal: AbortSignal;
}

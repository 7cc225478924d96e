import type { LoggedLine } from '../call-log.ts';
import type { Change } from '../change-record.ts';
import { BACKGROUND, call } from './api.ts';

/** A secret of the list: never its value. */
export interface SecretRow {
  readonly name: string;
  /** How many versions it had so far; null: none. */
  readonly version: number | null;
  /** ISO 8601; undefined where Conjur does not tell. */
  readonly createdAt: string | undefined;
  /** Undefined where the present version is older than this start, or was written past the API. */
  readonly change: Change | undefined;
}

type Listener = () => void;

/** What the views show, and who wants to know that it changed. */
export interface Store {
  readonly lines: readonly LoggedLine[];
  readonly secrets: readonly SecretRow[];
  /** Why there is no list, or that it is still to come; undefined where there is one. */
  readonly failure: string | undefined;
  onLines(listener: (added: readonly LoggedLine[]) => void, signal: AbortSignal): void;
  onSecrets(listener: Listener, signal: AbortSignal): void;
  refresh(): Promise<void>;
}

/** Lines that the page keeps. */
const LIMIT = 300;
/** Pages of a thousand names that are read at most. */
const MAX_PAGES = 10;
/** Calls of one burst cause one refresh: milliseconds. */
const SETTLE_MS = 150;

/** Follows the log of the functions, and reads the list of secrets again whenever one may have changed. */
export function createStore(): Store {
  const lines: LoggedLine[] = [];
  const onLines = new Set<(added: readonly LoggedLine[]) => void>();
  const onSecrets = new Set<Listener>();
  const state: { secrets: readonly SecretRow[]; failure: string | undefined } = {
    secrets: [],
    failure: 'Loading …',
  };
  let pending: ReturnType<typeof setTimeout> | undefined;

  function take(added: readonly LoggedLine[]): void {
    lines.push(...added);
    lines.splice(0, Math.max(0, lines.length - LIMIT));
    for (const listener of onLines) listener(added);
  }

  async function refresh(): Promise<void> {
    const read = await readSecrets();
    state.failure = typeof read === 'string' ? read : undefined;
    if (typeof read !== 'string') state.secrets = read;
    for (const listener of onSecrets) listener();
  }

  const source = new EventSource('/console/log');
  source.addEventListener('past', (event) => {
    lines.length = 0;
    take(JSON.parse(event.data) as LoggedLine[]);
  });
  source.addEventListener('message', (event) => {
    const line = JSON.parse(event.data) as LoggedLine;
    take([line]);
    if (!changesSecrets(line)) return;
    clearTimeout(pending);
    pending = setTimeout(() => void refresh(), SETTLE_MS);
  });

  return {
    lines,
    get secrets() {
      return state.secrets;
    },
    get failure() {
      return state.failure;
    },
    onLines: (listener, signal) => listen(onLines, listener, signal),
    onSecrets: (listener, signal) => listen(onSecrets, listener, signal),
    refresh,
  };
}

function listen<Listening>(listeners: Set<Listening>, listener: Listening, signal: AbortSignal): void {
  listeners.add(listener);
  signal.addEventListener('abort', () => listeners.delete(listener));
}

function changesSecrets({ function: name, outcome }: LoggedLine): boolean {
  return outcome !== undefined && (name === 'write-secret' || name === 'rotate-key');
}

async function readSecrets(): Promise<SecretRow[] | string> {
  const rows: SecretRow[] = [];
  const changes = (await call('GET', '/console/changes.json')).body as Record<string, Change>;
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ limit: '1000', ...(cursor === '' ? {} : { cursor }) });
    const { body, failure } = await call('GET', `/secrets?${query}`, { correlationId: BACKGROUND });
    if (failure !== undefined) return failure;
    for (const entry of body.secrets as { name: string; version: number | null; created_at: string | null }[])
      rows.push(toRow(entry, changes[entry.name]));
    if (typeof body.cursor !== 'string') break;
    cursor = body.cursor;
  }
  return rows;
}

function toRow(
  { name, version, created_at: createdAt }: { name: string; version: number | null; created_at: string | null },
  change: Change | undefined,
): SecretRow {
  return { name, version, createdAt: createdAt ?? undefined, change: change?.version === version ? change : undefined };
}

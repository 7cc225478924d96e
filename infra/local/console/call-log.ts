/** A line that the functions logged, without the declaration of its metrics. */
export interface LoggedLine extends Readonly<Record<string, unknown>> {
  readonly timestamp: string;
  readonly level: string;
  readonly message: string;
}

export interface CallLog {
  /** Takes what the functions print, line by line; what is no line of their log is passed over. */
  add(printed: string): void;
  /** The last lines, oldest first. */
  lines(): readonly LoggedLine[];
  /** Calls back for each line from now on. @returns ends that */
  subscribe(onLine: (line: LoggedLine) => void): () => void;
}

/** Lines that are kept for whoever opens the console. */
const LIMIT = 200;

/** Keeps the last lines of the functions' log. They hold names and outcomes, never a value: that is the functions' own rule. */
export function createCallLog(): CallLog {
  const kept: LoggedLine[] = [];
  const listeners = new Set<(line: LoggedLine) => void>();
  return {
    add(printed) {
      const line = parseLine(printed);
      if (line === undefined) return;
      kept.push(line);
      if (kept.length > LIMIT) kept.shift();
      for (const listener of listeners) listener(line);
    },
    lines: () => kept,
    subscribe(onLine) {
      listeners.add(onLine);
      return () => listeners.delete(onLine);
    },
  };
}

function parseLine(printed: string): LoggedLine | undefined {
  if (!printed.startsWith('{')) return undefined;
  try {
    const { _aws, ...line } = JSON.parse(printed) as Record<string, unknown>;
    return isLoggedLine(line) ? line : undefined;
  } catch {
    // Something else that begins with a brace, such as an object that was printed.
    return undefined;
  }
}

function isLoggedLine(line: Record<string, unknown>): line is Record<string, unknown> & LoggedLine {
  return ['timestamp', 'level', 'message'].every((field) => typeof line[field] === 'string');
}

import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';

/** A row as the database gives it. */
export type Row = Record<string, SQLOutputValue>;

/** The database behind prepared statements and one kind of transaction. */
export interface Database {
  /** All rows of a query. */
  all(sql: string, ...values: SQLInputValue[]): Row[];
  /** The first row of a query. */
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Runs a statement; the number of rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** Runs `work` so that all of it happens or, when it throws, none of it. A transaction within one joins it. */
  transaction<T>(work: () => T): T;
  /** Runs `work` and takes everything it wrote back again, whatever it returns. */
  rehearse<T>(work: () => T): T;
  close(): void;
}

/** Wraps an open SQLite database; each SQL text is prepared once. */
export function createDatabase(sqlite: DatabaseSync): Database {
  const statements = new Map<string, StatementSync>();
  let depth = 0;

  function prepared(sql: string): StatementSync {
    const known = statements.get(sql);
    if (known) return known;
    const statement = sqlite.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function within<T>(work: () => T, end: 'COMMIT' | 'ROLLBACK'): T {
    if (depth > 0) return work();
    sqlite.exec('BEGIN IMMEDIATE');
    depth += 1;
    let succeeded = false;
    try {
      const result = work();
      sqlite.exec(end);
      succeeded = true;
      return result;
    } finally {
      depth -= 1;
      if (!succeeded && sqlite.isTransaction) sqlite.exec('ROLLBACK');
    }
  }

  return {
    all: (sql, ...values) => prepared(sql).all(...values),
    first: (sql, ...values) => prepared(sql).get(...values),
    run: (sql, ...values) => Number(prepared(sql).run(...values).changes),
    transaction: (work) => within(work, 'COMMIT'),
    rehearse: (work) => within(work, 'ROLLBACK'),
    close: () => sqlite.close(),
  };
}

/** Counts outcomes by what they came from. */
export class Tally {
  readonly #counts = new Map<string, Map<string, number>>();

  add(row: string, column: string): void {
    const columns = this.#counts.get(row) ?? new Map<string, number>();
    columns.set(column, (columns.get(column) ?? 0) + 1);
    this.#counts.set(row, columns);
  }

  /** Sum of a column; without a name, of all. */
  count(column?: string): number {
    let sum = 0;
    for (const columns of this.#counts.values())
      for (const [name, count] of columns) if (column === undefined || name === column) sum += count;
    return sum;
  }

  /** A table in plain text: a line for each column, most frequent first, with its count under each row. */
  toTable(): string {
    const rows = [...this.#counts.keys()].sort();
    const columns = [...new Set([...this.#counts.values()].flatMap((counts) => [...counts.keys()]))];
    columns.sort((a, b) => this.count(b) - this.count(a));
    const cells = [
      ['', ...rows, 'all'],
      ...columns.map((column) => [
        column,
        ...rows.map((row) => String(this.#counts.get(row)?.get(column) ?? 0)),
        String(this.count(column)),
      ]),
      [
        'all',
        ...rows.map((row) => String([...(this.#counts.get(row) ?? new Map()).values()].reduce((a, b) => a + b, 0))),
        String(this.count()),
      ],
    ];
    const widths = (cells[0] as string[]).map((_, index) =>
      Math.max(...cells.map((line) => (line[index] as string).length)),
    );
    return cells
      .map((line) =>
        line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
      )
      .join('\n');
  }
}

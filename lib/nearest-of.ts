/** The candidate that a misspelt word was probably meant to be: at most a third of its letters apart. */
export function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: countEdits(word, candidate) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}

/** Letters to insert, drop, replace, or swap with their neighbour, until one word is the other. */
function countEdits(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => (rows[row] as number[])[column] as number;
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const replaced = at(row - 1, column - 1) + (same ? 0 : 1);
      const others = [
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        ...(swapped ? [at(row - 2, column - 2) + 1] : []),
      ];
      current.push(Math.min(replaced, ...others));
    }
  }
  return at(from.length, to.length);
}

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
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const at = (up: number, left: number): number => (up === 0 ? current : rows[row - up])?.[column - left] ?? 0;
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const replaced = at(1, 1) + (same ? 0 : 1);
      current.push(Math.min(at(1, 0) + 1, at(0, 1) + 1, replaced, swapped ? at(2, 2) + 1 : Number.POSITIVE_INFINITY));
    }
    rows.push(current);
  }
  return rows[from.length]?.[to.length] ?? 0;
}

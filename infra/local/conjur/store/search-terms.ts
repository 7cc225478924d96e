// PostgreSQL's `english` text search drops these words from a query.
const STOP_WORDS = new Set(
  `i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself it
  its itself they them their theirs themselves what which who whom this that these those am is are was were be been
  being have has had having do does did doing a an the and but if or because as until while of at by for with about
  against between into through during before after above below to from up down in out on off over under again further
  then once here there when where why how all any both each few more most other some such no nor not only own same so
  than too very s t can will just don should now`.split(/\s+/),
);

/** A search as SQLite's full text index takes it; undefined for one that can find nothing. */
export function toMatchQuery(search: string): string | undefined {
  const terms = toSearchTerms(search);
  return terms.length === 0 ? undefined : terms.map((term) => `"${term}"`).join(' ');
}

/** The words of a search that count: all of them must be found. Punctuation separates words. */
export function toSearchTerms(search: string): string[] {
  const words = search.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !STOP_WORDS.has(word));
}

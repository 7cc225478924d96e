/** Pages of a list: awaited, it is one page; by `for await`, every item of that page and of all that follow. */
export interface Listing<Item, Page> extends Promise<Page>, AsyncIterable<Item> {}

export interface ListingSteps<Item, Page, Position> {
  readonly first: Position;
  readonly read: (position: Position) => Promise<Page>;
  readonly itemsOf: (page: Page) => readonly Item[];
  /** Undefined after the last page. */
  readonly nextOf: (page: Page) => Position | undefined;
}

/** The first page is asked for at once; each further one when the loop comes to it. */
export function createListing<Item, Page, Position>({
  first,
  read,
  itemsOf,
  nextOf,
}: ListingSteps<Item, Page, Position>): Listing<Item, Page> {
  const firstPage = read(first);
  async function* iterate(): AsyncGenerator<Item, void, undefined> {
    let page = await firstPage;
    for (;;) {
      yield* itemsOf(page);
      const next = nextOf(page);
      if (next === undefined) return;
      page = await read(next);
    }
  }
  return Object.assign(firstPage, { [Symbol.asyncIterator]: iterate });
}

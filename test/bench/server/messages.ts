/** Where a Conjur listens, and how to log in. */
export interface ConjurAddress {
  readonly url: string;
  readonly account: string;
  readonly adminApiKey: string;
}

export type ToConjur = 'take-count';
export type FromConjur = { readonly ready: ConjurAddress } | { readonly count: number };

/** The sizes of the search index, each a bargain between what upkeep costs and what a search costs. */
export interface SearchTuning {
  /** Payments that make a segment; the tail that a search reads is about as long. */
  readonly stepPayments: number;
  /** Segments of one level that become one of the next: more make searches dearer, fewer make upkeep dearer. */
  readonly fanOut: number;
  /** Entries moved in one slice of a merge. */
  readonly sliceEntries: number;
  /** Characters of a block: a search reads one or two of each segment, so that small is good; four share a page. */
  readonly blockChars: number;
}

export const SEARCH_TUNING: SearchTuning = {
  stepPayments: 1_024,
  fanOut: 8,
  sliceEntries: 2_048,
  blockChars: 950,
};

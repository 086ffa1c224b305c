/** A value or a time that an axis names. */
export interface Mark {
  readonly at: number;
  readonly words: string;
}

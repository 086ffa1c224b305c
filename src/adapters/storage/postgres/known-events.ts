/**
 * Which events this process knows: of each writer all up to one, a vector. Of its own writer they are those that it committed,
 * of the others those that it has read. Each event becomes known once.
 */

/** Events of one writer: those behind `after`, up to `to`. */
export interface EventSpan {
  readonly writerNo: number;
  readonly after: number;
  readonly to: number;
}

export class KnownEvents {
  readonly #known = new Map<number, number>();
  /** What somebody else wrote as our writer, while it was not ours, behind what we knew of it. */
  #gaps: EventSpan[] = [];

  /** Nothing is known: a new log has begun. */
  clear(): void {
    this.#known.clear();
    this.#gaps = [];
  }

  /** All of the writer up to there is known. */
  begin(writerNo: number, sequence: number): void {
    this.#known.set(writerNo, sequence);
  }

  /** We committed these. */
  commit({ writerNo, after, to }: EventSpan): void {
    const known = this.#upTo(writerNo);
    if (after > known) this.#gaps.push({ writerNo, after: known, to: after });
    this.#known.set(writerNo, to);
  }

  /** What is to be read, when the writers have come so far. */
  behind(writers: readonly Pick<EventSpan, 'writerNo' | 'to'>[]): EventSpan[] {
    const fresh = writers.map(({ writerNo, to }) => ({
      writerNo,
      after: this.#upTo(writerNo),
      to,
    }));
    return [...this.#gaps, ...fresh.filter(({ after, to }) => to > after)];
  }

  /** True when the event was not known, and all before it of its writer are: then it is known now. */
  learn(writerNo: number, sequence: number): boolean {
    const isNext = (span: EventSpan) => span.writerNo === writerNo && span.after + 1 === sequence;
    if (this.#gaps.some(isNext)) {
      this.#gaps = this.#gaps
        .map((gap) => (isNext(gap) ? { ...gap, after: sequence } : gap))
        .filter(({ after, to }) => to > after);
      return true;
    }
    if (sequence !== this.#upTo(writerNo) + 1) return false;
    this.#known.set(writerNo, sequence);
    return true;
  }

  #upTo(writerNo: number): number {
    return this.#known.get(writerNo) ?? 0;
  }
}
